#define DIALECT "../../guests/dialects/wamr.h"
#include "dialect_attempts.h"
