/* The options that this library knows. */
#ifndef CW_OPTIONS_H
#define CW_OPTIONS_H

#include "easy.h"

enum cw_kind {
  CW_NUMBER,  /* a long or curl_off_t, from min to max, times scale */
  CW_TEXT,    /* a string, copied */
  CW_LINE,    /* a string that goes into the request's head: without line breaks, which would add headers to it */
  CW_POINTER, /* the caller's own */
  CW_FUNCTION
};

struct cw_option {
  CURLoption name;
  enum cw_kind kind;
  size_t place; /* of the setting, in struct cw_settings */
  curl_off_t min, max, scale;
  CURLcode (*then)(struct cw_settings *); /* what else follows from setting it; may be NULL */
};

extern const struct cw_option cw_options[];
extern const size_t cw_option_count;

#endif
