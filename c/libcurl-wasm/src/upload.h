/* A request's body: where it comes from, and how it is framed. */
#ifndef CW_UPLOAD_H
#define CW_UPLOAD_H

#include "easy.h"

struct cw_upload {
  struct cw_easy *easy;
  const char *memory; /* NULL: the read function */
  curl_off_t size;    /* -1: until the read function returns 0 */
  curl_off_t taken;   /* bytes, of the source */
  bool is_chunked;
  bool is_finished; /* nothing more to take */
};

/* The size of the request's body; -1 when it is not known beforehand, 0 when there is none. */
curl_off_t cw_upload_size(const struct cw_easy *easy, const struct cw_request *request);

bool cw_upload_is_chunked(const struct cw_easy *easy, const struct cw_request *request);

/* Begins at the body's start, going back to it when an earlier request took from it. */
CURLcode cw_upload_start(struct cw_upload *upload, struct cw_easy *easy, const struct cw_request *request);

/* Appends the next part, framed, to `out`. */
CURLcode cw_upload_next(struct cw_upload *upload, struct cw_buffer *out);

#endif
