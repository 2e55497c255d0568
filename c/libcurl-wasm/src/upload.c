#include "upload.h"

#include <string.h>

#include "text.h"

enum { PART_MAX = 16384 };

static bool has_body(const struct cw_request *request) {
  return request->method == CW_POST || request->method == CW_PUT;
}

curl_off_t cw_upload_size(const struct cw_easy *easy, const struct cw_request *request) {
  const struct cw_settings *set = &easy->set;
  if (!has_body(request)) return 0;
  if (request->method == CW_PUT) return set->upload_size;
  if (set->post_size >= 0) return set->post_size;
  return set->post_data ? (curl_off_t)strlen(set->post_data) : -1;
}

bool cw_upload_is_chunked(const struct cw_easy *easy, const struct cw_request *request) {
  struct cw_span value;
  if (!has_body(request) || easy->set.http_version == CURL_HTTP_VERSION_1_0) return false;
  const char *custom = cw_custom_header(easy, "Transfer-Encoding");
  if (custom && cw_header_value((struct cw_span){custom, strlen(custom)}, "Transfer-Encoding", &value))
    return cw_list_has(value, "chunked");
  return cw_upload_size(easy, request) < 0;
}

/* ---- The source ------------------------------------------------------------------------------------------------ */

static size_t read_from_file(char *data, size_t size, size_t count, void *file) {
  return fread(data, size, count, file ? (FILE *)file : stdin);
}

static CURLcode rewind_source(struct cw_easy *easy) {
  bool is_back = false;
  if (easy->set.seek) {
    is_back = easy->set.seek(easy->set.seek_data, 0, SEEK_SET) == CURL_SEEKFUNC_OK;
  } else if (!easy->set.read && easy->set.read_data) {
    is_back = fseek(easy->set.read_data, 0, SEEK_SET) == 0;
  }
  easy->body_taken = 0;
  return is_back ? CURLE_OK : cw_fail(easy, CURLE_SEND_FAIL_REWIND, "The body cannot be read a second time");
}

CURLcode cw_upload_start(struct cw_upload *upload, struct cw_easy *easy, const struct cw_request *request) {
  *upload = (struct cw_upload){
      .easy = easy,
      .memory = request->method == CW_POST ? easy->set.post_data : NULL,
      .size = cw_upload_size(easy, request),
      .is_chunked = cw_upload_is_chunked(easy, request),
  };
  upload->is_finished = upload->size == 0 && !upload->is_chunked;
  easy->info.content_length_up = upload->size;
  if (upload->is_finished || upload->memory) return CURLE_OK;
  if (upload->size < 0 && !upload->is_chunked)
    return cw_fail(easy, CURLE_UPLOAD_FAILED, "A body of unknown size needs HTTP/1.1 and its chunks");
  return easy->body_taken ? rewind_source(easy) : CURLE_OK;
}

/* Up to `room` bytes from the read function. */
static CURLcode read_part(struct cw_easy *easy, char *part, size_t room, size_t *length) {
  *length = (easy->set.read ? easy->set.read : read_from_file)(part, 1, room, easy->set.read_data);
  if (*length == CURL_READFUNC_ABORT)
    return cw_fail(easy, CURLE_ABORTED_BY_CALLBACK, "The read callback aborted the transfer");
  if (*length > room)
    return cw_fail(easy, CURLE_READ_ERROR, "The read callback returned more than there is room for");
  easy->body_taken |= *length > 0;
  return CURLE_OK;
}

static CURLcode take_part(struct cw_upload *upload, char *part, size_t *length) {
  const curl_off_t left = upload->size - upload->taken;
  const size_t room = upload->size >= 0 && left < PART_MAX ? (size_t)left : PART_MAX;
  *length = room;
  if (room == 0) return CURLE_OK;
  if (!upload->memory) return read_part(upload->easy, part, room, length);
  memcpy(part, upload->memory + upload->taken, room);
  return CURLE_OK;
}

/* ---- The framing ----------------------------------------------------------------------------------------------- */

CURLcode cw_upload_next(struct cw_upload *upload, struct cw_buffer *out) {
  char part[PART_MAX];
  size_t length = 0;
  const CURLcode code = take_part(upload, part, &length);
  if (code) return code;
  upload->taken += (curl_off_t)length;
  if (length == 0 && upload->taken < upload->size)
    return cw_fail(upload->easy, CURLE_READ_ERROR, "The read callback gave %lld bytes of %lld",
                   (long long)upload->taken, (long long)upload->size);
  if (upload->is_chunked) cw_buffer_format(out, "%zx\r\n", length); /* 0 is the last chunk */
  cw_buffer_append(out, part, length);
  if (upload->is_chunked) cw_buffer_text(out, "\r\n");
  upload->is_finished = length == 0 || (!upload->is_chunked && upload->taken == upload->size);
  return out->failed ? CURLE_OUT_OF_MEMORY : CURLE_OK;
}
