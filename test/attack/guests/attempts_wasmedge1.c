#define DIALECT "../../guests/dialects/wasmedge1.h"
#include "dialect_attempts.h"
