/* What the caller is told: errors, the verbose trace, the response, the progress. */
#include <stdarg.h>
#include <string.h>

#include "easy.h"
#include "text.h"

/* Keeps the first text of a transfer: it is the cause, later ones are consequences. */
CURLcode cw_fail(struct cw_easy *easy, CURLcode code, const char *format, ...) {
  char text[CURL_ERROR_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  cw_note(easy, "%s", text);
  if (easy->set.error_text && !easy->has_error_text) strcpy(easy->set.error_text, text);
  easy->has_error_text = true;
  return code;
}

static FILE *verbose_file(const struct cw_easy *easy) {
  return easy->set.verbose_file ? easy->set.verbose_file : stderr;
}

void cw_note(struct cw_easy *easy, const char *format, ...) {
  if (!easy->set.verbose) return;
  va_list arguments;
  va_start(arguments, format);
  fputs("* ", verbose_file(easy));
  vfprintf(verbose_file(easy), format, arguments);
  fputc('\n', verbose_file(easy));
  va_end(arguments);
}

/* Each line of `text`, marked '<' or '>'. */
void cw_trace(struct cw_easy *easy, char mark, const char *text, size_t length) {
  if (!easy->set.verbose) return;
  while (length > 0) {
    const char *newline = memchr(text, '\n', length);
    const size_t line = newline ? (size_t)(newline - text) + 1 : length;
    fprintf(verbose_file(easy), "%c ", mark);
    fwrite(text, 1, line, verbose_file(easy));
    text += line;
    length -= line;
  }
}

static size_t write_to_file(char *data, size_t size, size_t count, void *file) {
  return fwrite(data, size, count, file ? (FILE *)file : stdout);
}

static CURLcode write_to(struct cw_easy *easy, curl_write_callback write, void *userdata, struct cw_span data) {
  const size_t written = (write ? write : write_to_file)((char *)data.data, 1, data.length, userdata);
  if (written == data.length) return CURLE_OK;
  return cw_fail(easy, CURLE_WRITE_ERROR, "The callback took %zu bytes of %zu", written, data.length);
}

CURLcode cw_write_body(struct cw_easy *easy, const char *data, size_t length) {
  CURLcode code = CURLE_OK;
  while (length > 0 && !code) {
    const size_t part = length < CURL_MAX_WRITE_SIZE ? length : CURL_MAX_WRITE_SIZE;
    code = write_to(easy, easy->set.write, easy->set.write_data, (struct cw_span){data, part});
    data += part;
    length -= part;
  }
  return code;
}

CURLcode cw_write_header(struct cw_easy *easy, const char *line, size_t length) {
  const CURLcode code = easy->set.includes_head ? cw_write_body(easy, line, length) : CURLE_OK;
  return code ? code : cw_write_trailer(easy, line, length);
}

/* Without a function of its own, a header goes to the body's function with the headers' data. */
CURLcode cw_write_trailer(struct cw_easy *easy, const char *line, size_t length) {
  const struct cw_settings *set = &easy->set;
  if (!set->write_header && !set->header_data) return CURLE_OK;
  return write_to(easy, set->write_header ? set->write_header : set->write, set->header_data,
                  (struct cw_span){line, length});
}

CURLcode cw_report_progress(struct cw_easy *easy) {
  const struct cw_info *info = &easy->info;
  if (easy->set.no_progress || !easy->set.progress) return CURLE_OK;
  const int answer =
      easy->set.progress(easy->set.progress_data, info->content_length_down > 0 ? info->content_length_down : 0,
                         info->downloaded, info->content_length_up > 0 ? info->content_length_up : 0, info->uploaded);
  if (answer == 0 || answer == CURL_PROGRESSFUNC_CONTINUE) return CURLE_OK;
  return cw_fail(easy, CURLE_ABORTED_BY_CALLBACK, "The progress callback aborted the transfer");
}
