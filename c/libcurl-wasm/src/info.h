#ifndef CW_INFO_H
#define CW_INFO_H

#include "easy.h"

/* Nothing is known, as before the first transfer. */
void cw_info_reset(struct cw_info *info);

/* Forgets what belongs to one response only. */
void cw_info_begin_request(struct cw_info *info);

#endif
