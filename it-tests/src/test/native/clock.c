/* Preloaded into a process, a wall clock that is wrong by the seconds in a file, which may change at
   any time. Durations stay true: a monotonic clock is not touched. Who waits until a wall clock's time
   waits until it is that late by the wrong clock: the kernel, which knows the right one only, would
   end such waits at once, and RocksDB's threads would spin. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *wrong_by;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

/* A condition does not say which clock it goes by; a monotonic one counts from the machine's start. */
static const time_t LONGEST_UPTIME = 1000000000;

static void find_timedwait(void) {
  /* Without its version the loader may give the one of LinuxThreads, which has other conditions. */
  static const char *const versions[] = {"GLIBC_2.3.2", "GLIBC_2.17", "GLIBC_2.27"};
  for (size_t i = 0; !real_timedwait && i < sizeof versions / sizeof *versions; i++) {
    real_timedwait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", versions[i]);
  }
  if (!real_timedwait) {
    real_timedwait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  }
}

__attribute__((constructor)) static void open_clock(void) {
  const char *path = getenv("CLOCK_WRONG_BY");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  find_timedwait();
  if (file >= 0) {
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    wrong_by = mapped == MAP_FAILED ? NULL : mapped;
    close(file);
  }
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (!real_clock_gettime) {
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  }
  int result = real_clock_gettime(clock, now);
  if (result == 0 && wrong_by && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += *wrong_by;
  }
  return result;
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition,
    pthread_mutex_t *restrict mutex,
    const struct timespec *restrict until) {
  struct timespec right = *until;
  if (!real_timedwait) {
    find_timedwait();
  }
  if (wrong_by && until->tv_sec > LONGEST_UPTIME) {
    right.tv_sec -= *wrong_by;
  }
  return real_timedwait(condition, mutex, &right);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec time;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *seconds) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (seconds) {
    *seconds = now.tv_sec;
  }
  return now.tv_sec;
}
