/* first_call PORT: connects, which whoever has started it sees. */
#include "measure.h"

int main(int argc, char **argv) {
  close(connected_to(argument(argc, argv, 1)));
  return 0;
}
