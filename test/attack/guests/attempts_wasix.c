#define DIALECT "../../guests/dialects/wasix.h"
#include "dialect_attempts.h"
