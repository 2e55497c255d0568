/* curl_easy_setopt, and what is done to all settings at once. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

static const struct cw_option *find(CURLoption name) {
  for (size_t i = 0; i < cw_option_count; i++)
    if (cw_options[i].name == name) return &cw_options[i];
  return NULL;
}

/* ---- One setting ----------------------------------------------------------------------------------------------- */

static CURLcode set_number(const struct cw_option *option, curl_off_t *place, curl_off_t number) {
  if (number < option->min || number > option->max) return CURLE_BAD_FUNCTION_ARGUMENT;
  *place = number * option->scale;
  return CURLE_OK;
}

static CURLcode set_string(const struct cw_option *option, char **place, const char *text) {
  char *copy = NULL;
  if (text && option->kind == CW_LINE && strpbrk(text, "\r\n")) return CURLE_BAD_FUNCTION_ARGUMENT;
  if (text && !(copy = strdup(text))) return CURLE_OUT_OF_MEMORY;
  free(*place);
  *place = copy;
  return CURLE_OK;
}

/* CURLOPT_COPYPOSTFIELDS: as many bytes as CURLOPT_POSTFIELDSIZE said before, or up to the NUL. */
static CURLcode copy_post_data(struct cw_settings *set, const char *data) {
  const size_t size = !data ? 0 : set->post_size >= 0 ? (size_t)set->post_size : strlen(data) + 1;
  char *copy = data ? malloc(size ? size : 1) : NULL;
  if (data && !copy) return CURLE_OUT_OF_MEMORY;
  if (size > 0) memcpy(copy, data, size);
  free(set->post_copy);
  set->post_data = set->post_copy = copy;
  set->post_copy_size = size;
  set->method = CW_POST;
  return CURLE_OK;
}

static CURLcode set_option(struct cw_settings *set, const struct cw_option *option, va_list arguments) {
  void *place = (char *)set + option->place;
  switch (option->kind) {
    case CW_NUMBER:
      return set_number(option, place,
                        option->name >= 30000 ? va_arg(arguments, curl_off_t) : (curl_off_t)va_arg(arguments, long));
    case CW_TEXT:
    case CW_LINE: return set_string(option, place, va_arg(arguments, const char *));
    case CW_POINTER: {
      void *pointer = va_arg(arguments, void *);
      memcpy(place, &pointer, sizeof pointer);
      return CURLE_OK;
    }
    case CW_FUNCTION: {
      void (*function)(void) = va_arg(arguments, void (*)(void));
      memcpy(place, &function, sizeof function);
      return CURLE_OK;
    }
  }
  return CURLE_UNKNOWN_OPTION;
}

CURLcode curl_easy_setopt(CURL *handle, CURLoption name, ...) {
  struct cw_easy *easy = handle;
  const struct cw_option *option = find(name);
  CURLcode code;
  va_list arguments;
  if (!easy) return CURLE_BAD_FUNCTION_ARGUMENT;
  va_start(arguments, name);
  if (name == CURLOPT_COPYPOSTFIELDS) {
    code = copy_post_data(&easy->set, va_arg(arguments, const char *));
  } else {
    code = option ? set_option(&easy->set, option, arguments) : CURLE_UNKNOWN_OPTION;
  }
  va_end(arguments);
  return !code && option && option->then ? option->then(&easy->set) : code;
}

/* ---- All settings ---------------------------------------------------------------------------------------------- */

void cw_settings_init(struct cw_settings *set) {
  *set = (struct cw_settings){.post_size = -1,
                              .upload_size = -1,
                              .max_redirects = 30,
                              .expect_timeout_ms = 1000,
                              .no_progress = 1,
                              .no_delay = 1};
}

/* Where the option's string is, NULL when it has none. */
static char **string_at(struct cw_settings *set, const struct cw_option *option) {
  return option->kind == CW_TEXT || option->kind == CW_LINE ? (char **)((char *)set + option->place) : NULL;
}

void cw_settings_free(struct cw_settings *set) {
  for (size_t i = 0; i < cw_option_count; i++) {
    char **place = string_at(set, &cw_options[i]);
    if (place) set_string(&cw_options[i], place, NULL);
  }
  free(set->post_copy);
  set->post_copy = NULL;
}

CURLcode cw_settings_copy(struct cw_settings *to, const struct cw_settings *from) {
  CURLcode code = CURLE_OK;
  *to = *from;
  to->post_copy = NULL;
  for (size_t i = 0; i < cw_option_count; i++) { /* lets go of the other's before anything can fail */
    char **place = string_at(to, &cw_options[i]);
    if (place) *place = NULL;
  }
  for (size_t i = 0; i < cw_option_count && !code; i++) {
    char **place = string_at(to, &cw_options[i]);
    if (place) code = set_string(&cw_options[i], place, *string_at((struct cw_settings *)from, &cw_options[i]));
  }
  if (code || !from->post_copy) return code;
  to->post_data = to->post_copy = malloc(from->post_copy_size ? from->post_copy_size : 1);
  if (!to->post_copy) return CURLE_OUT_OF_MEMORY;
  memcpy(to->post_copy, from->post_copy, from->post_copy_size);
  return CURLE_OK;
}
