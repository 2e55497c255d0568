#define DIALECT "../../guests/dialects/wasmedge2.h"
#include "dialect_attempts.h"
