/* libcurl's easy interface for WebAssembly guests: http over the sockets of posix_sockets.h.
 *
 * Names, numbers and types are those of libcurl 7.88, so that a program written for it compiles unchanged. What is
 * supported stands in libcurl-wasm's README.
 */
#ifndef CURLINC_CURL_H
#define CURLINC_CURL_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "curl_codes.h"
#include "curl_infos.h"
#include "curl_options.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIBCURL_VERSION "7.88.1-wasm"
#define LIBCURL_VERSION_MAJOR 7
#define LIBCURL_VERSION_MINOR 88
#define LIBCURL_VERSION_PATCH 1
#define LIBCURL_VERSION_NUM 0x075801
#define CURL_VERSION_BITS(major, minor, patch) ((major) << 16 | (minor) << 8 | (patch))
#define CURL_AT_LEAST_VERSION(major, minor, patch) (LIBCURL_VERSION_NUM >= CURL_VERSION_BITS(major, minor, patch))

typedef void CURL;

typedef int64_t curl_off_t;
#define CURL_FORMAT_CURL_OFF_T "lld"
#define CURL_FORMAT_CURL_OFF_TU "llu"
#define CURL_TYPEOF_CURL_OFF_T int64_t
#define CURL_OFF_T_C(number) INT64_C(number)

typedef int curl_socket_t;
#define CURL_SOCKET_BAD (-1)

struct curl_slist {
  char *data;
  struct curl_slist *next;
};

/* ---- Callbacks ------------------------------------------------------------------------------------------------- */

typedef size_t (*curl_write_callback)(char *data, size_t size, size_t count, void *userdata);
typedef size_t (*curl_read_callback)(char *data, size_t size, size_t count, void *userdata);
typedef int (*curl_seek_callback)(void *userdata, curl_off_t offset, int origin);
typedef int (*curl_xferinfo_callback)(void *userdata, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
                                      curl_off_t ulnow);

#define CURL_MAX_WRITE_SIZE 16384
#define CURL_MAX_HTTP_HEADER (100 * 1024)
#define CURL_ERROR_SIZE 256

/* Pausing is not supported: a transfer whose callback returns one of the PAUSE values fails. */
#define CURL_WRITEFUNC_PAUSE 0x10000001
#define CURL_WRITEFUNC_ERROR 0xFFFFFFFF
#define CURL_READFUNC_ABORT 0x10000000
#define CURL_READFUNC_PAUSE 0x10000001
#define CURL_PROGRESSFUNC_CONTINUE 0x10000001
#define CURL_SEEKFUNC_OK 0
#define CURL_SEEKFUNC_FAIL 1
#define CURL_SEEKFUNC_CANTSEEK 2

/* ---- Values of options ----------------------------------------------------------------------------------------- */

/* CURLOPT_HTTP_VERSION */
enum {
  CURL_HTTP_VERSION_NONE,
  CURL_HTTP_VERSION_1_0,
  CURL_HTTP_VERSION_1_1,
  CURL_HTTP_VERSION_2_0,
  CURL_HTTP_VERSION_2TLS,
  CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE,
  CURL_HTTP_VERSION_3 = 30,
  CURL_HTTP_VERSION_3ONLY = 31,
  CURL_HTTP_VERSION_LAST
};
#define CURL_HTTP_VERSION_2 CURL_HTTP_VERSION_2_0

/* CURLOPT_IPRESOLVE */
#define CURL_IPRESOLVE_WHATEVER 0
#define CURL_IPRESOLVE_V4 1
#define CURL_IPRESOLVE_V6 2

/* CURLOPT_HTTPAUTH. Only basic authentication is supported. */
#define CURLAUTH_NONE 0UL
#define CURLAUTH_BASIC (1UL << 0)
#define CURLAUTH_DIGEST (1UL << 1)
#define CURLAUTH_NEGOTIATE (1UL << 2)
#define CURLAUTH_NTLM (1UL << 3)
#define CURLAUTH_DIGEST_IE (1UL << 4)
#define CURLAUTH_BEARER (1UL << 6)
#define CURLAUTH_ONLY (1UL << 31)
#define CURLAUTH_ANY (~CURLAUTH_DIGEST_IE)
#define CURLAUTH_ANYSAFE (~(CURLAUTH_BASIC | CURLAUTH_DIGEST_IE))

/* CURLOPT_POSTREDIR */
#define CURL_REDIR_GET_ALL 0
#define CURL_REDIR_POST_301 1
#define CURL_REDIR_POST_302 2
#define CURL_REDIR_POST_303 4
#define CURL_REDIR_POST_ALL (CURL_REDIR_POST_301 | CURL_REDIR_POST_302 | CURL_REDIR_POST_303)

/* curl_global_init */
#define CURL_GLOBAL_SSL (1 << 0)
#define CURL_GLOBAL_WIN32 (1 << 1)
#define CURL_GLOBAL_ALL (CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)
#define CURL_GLOBAL_NOTHING 0
#define CURL_GLOBAL_DEFAULT CURL_GLOBAL_ALL
#define CURL_GLOBAL_ACK_EINTR (1 << 2)

/* ---- Functions ------------------------------------------------------------------------------------------------- */

CURLcode curl_global_init(long flags);
void curl_global_cleanup(void);

CURL *curl_easy_init(void);
void curl_easy_cleanup(CURL *easy);
CURL *curl_easy_duphandle(CURL *easy);
void curl_easy_reset(CURL *easy); /* forgets the options, keeps the connection */
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURLcode curl_easy_perform(CURL *easy);
CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...);
const char *curl_easy_strerror(CURLcode code);

/* Strings that curl_free frees. A `length` of 0 means up to the NUL. */
char *curl_easy_escape(CURL *easy, const char *text, int length);
char *curl_easy_unescape(CURL *easy, const char *text, int length, int *result_length);
void curl_free(void *pointer);

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text);
void curl_slist_free_all(struct curl_slist *list);

const char *curl_version(void);

#ifdef __cplusplus
}
#endif

#endif
