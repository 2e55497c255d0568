/* Handles: making, copying, resetting, freeing. */
#include "easy.h"

#include <stdlib.h>

#include "info.h"

CURLcode curl_global_init(long flags) {
  (void)flags;
  return CURLE_OK;
}

void curl_global_cleanup(void) {}

const char *curl_version(void) { return "libcurl/" LIBCURL_VERSION; }

CURL *curl_easy_init(void) {
  struct cw_easy *easy = calloc(1, sizeof *easy);
  if (!easy) return NULL;
  easy->connection.fd = -1;
  cw_settings_init(&easy->set);
  cw_info_reset(&easy->info);
  return easy;
}

CURL *curl_easy_duphandle(CURL *handle) {
  const struct cw_easy *easy = handle;
  struct cw_easy *copy = easy ? curl_easy_init() : NULL;
  if (!copy) return NULL;
  if (cw_settings_copy(&copy->set, &easy->set) == CURLE_OK) return copy;
  curl_easy_cleanup(copy);
  return NULL;
}

void curl_easy_reset(CURL *handle) {
  struct cw_easy *easy = handle;
  if (!easy) return;
  cw_settings_free(&easy->set);
  cw_settings_init(&easy->set);
  cw_info_reset(&easy->info);
}

void curl_easy_cleanup(CURL *handle) {
  struct cw_easy *easy = handle;
  if (!easy) return;
  cw_disconnect(easy);
  cw_settings_free(&easy->set);
  cw_info_reset(&easy->info);
  free(easy);
}
