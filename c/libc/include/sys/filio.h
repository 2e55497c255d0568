/* The name by which BSD's programs include FIONREAD and FIONBIO. */
#include <sys/ioctl.h>
