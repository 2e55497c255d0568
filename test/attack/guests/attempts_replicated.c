#define DIALECT "../../guests/dialects/replicated.h"
#include "dialect_attempts.h"
