/* One request and its response, under way. */
#ifndef CW_EXCHANGE_H
#define CW_EXCHANGE_H

#include "easy.h"
#include "response.h"
#include "upload.h"

enum { CW_RECEIVE_SIZE = 16384 };

struct cw_exchange {
  struct cw_easy *easy;
  const struct cw_request *request;
  struct cw_outcome *outcome;
  struct cw_response response;
  struct cw_upload upload;
  struct cw_buffer out;   /* the head, then the body, part by part */
  size_t sent;            /* bytes of `out` */
  bool is_first;          /* `out` is the head */
  curl_off_t holds_until; /* when to send the body although no "100 Continue" came; 0: not waiting for one */
  int send_error;         /* errno; what arrived before it may still be read */
  bool has_stopped;       /* the rest of the body will not be sent */
  bool ignores_body;      /* of a redirect that is followed */
  bool is_complete;       /* the response is */
  bool is_clean;          /* nothing followed the response */
  char in[CW_RECEIVE_SIZE];
};

/* send.c */
bool cw_has_output(const struct cw_exchange *x);  /* something is ready to be sent */
bool cw_is_body_due(const struct cw_exchange *x); /* more of the body is to be taken from its source */
CURLcode cw_send_some(struct cw_exchange *x);
void cw_stop_sending(struct cw_exchange *x);

/* receive.c */
CURLcode cw_receive_some(struct cw_exchange *x);

#endif
