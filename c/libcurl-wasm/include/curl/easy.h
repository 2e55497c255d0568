/* For programs that include <curl/easy.h>: all of it stands in curl.h. */
#include "curl.h"
