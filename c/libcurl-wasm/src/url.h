/* http URLs: taking them apart, and resolving the references that redirects give. Does no I/O. */
#ifndef CW_URL_H
#define CW_URL_H

#include <stdbool.h>

#include "buffer.h"
#include "curl/curl.h"

enum { CW_URL_LENGTH_MAX = 65536, CW_HOST_LENGTH_MAX = 255 };

/* Every string is owned. All zero is an empty URL. */
struct cw_url {
  char *scheme;   /* in lower case; set even when the scheme is not supported */
  char *user;     /* decoded; NULL when the URL has none */
  char *password; /* decoded; NULL when the URL has none */
  char *userinfo; /* both as they were written */
  char *host;     /* without the brackets of an IPv6 address */
  bool is_ipv6;
  int port;         /* 80 when the URL says none */
  bool states_port; /* whether it says one */
  char *path;       /* begins with '/', has no dot segments, ends before the query */
  char *query;      /* with its '?'; "" when there is none */
  char *fragment;   /* with its '#'; "" when there is none */
};

/* Fills *url from `text`; a missing scheme means http. CURLE_UNSUPPORTED_PROTOCOL for any other scheme,
 * CURLE_URL_MALFORMAT for what is no URL. Free *url in any case. */
CURLcode cw_url_parse(struct cw_url *url, const char *text);

/* Fills *url from `reference`, read relative to `base`. Spaces and bytes past ASCII in it become percent-encoded. */
CURLcode cw_url_resolve(struct cw_url *url, const struct cw_url *base, const char *reference);

/* The whole URL as text, to be freed; NULL when memory is short. */
char *cw_url_text(const struct cw_url *url);

/* Appends what stands in a request's first line: the path and the query, in ASCII. */
void cw_url_append_target(const struct cw_url *url, struct cw_buffer *out);

/* Whether both lead to the same server. */
bool cw_url_same_server(const struct cw_url *a, const struct cw_url *b);

void cw_url_free(struct cw_url *url);

#endif
