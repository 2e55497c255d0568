/* Waits for another thread, which there is not: by its argument for a condition or a barrier, or for a mutex that it holds. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

int main(int argc, char **argv) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  pthread_barrier_t barrier;
  if (argc < 2) return 2;
  pthread_mutex_lock(&mutex);
  if (argv[1][0] == 'm') return pthread_mutex_lock(&mutex) == EDEADLK ? 0 : 1;
  if (argv[1][0] == 'c') return pthread_cond_wait(&condition, &mutex);
  pthread_barrier_init(&barrier, NULL, 2);
  return pthread_barrier_wait(&barrier);
}
