/* Preloaded into a process, it lets calls that change some files fail: the N-th, or all from there on.
 *
 * FAULTY_FILES is how the paths of these files begin, FAULTY_CONTROL a file of at least sizeof(struct control) bytes that is shared with the
 * test: it says which calls fail and how, and counts them. Without the two variables nothing is touched. FAULTY_LOG, if
 * there is one, is a file that gets all that these calls have changed: what a power cut leaves can be made of it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, TRUNCATES = 4 };
enum { NOTHING = 0, FAIL = 1, SHORT = 2, TORN = 3, HANG = 4 };

struct control {
    int64_t calls;  /* so far, of the kinds that count */
    int64_t kinds;  /* which count */
    int64_t first;  /* the first call that is met, counted from 1 */
    int64_t last;   /* the last one */
    int64_t action; /* what happens to it */
    int64_t error;  /* errno of FAIL and TORN */
    int64_t hits;   /* so many were met */
};

/* One record of the log; the bytes of a write follow it. */
enum { WRITTEN = 1, SYNCED = 2, NOT_SYNCED = 3, TRUNCATED = 4 };
struct record {
    int64_t kind;
    int64_t at; /* where it was written, or the new size */
    int64_t length;
    char name[64];
};

static struct control *control;
static int log_file = -1;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static const char *files;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);

static void prepare(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    const char *path = getenv("FAULTY_CONTROL");
    files = getenv("FAULTY_FILES");
    if (path == NULL || files == NULL) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) abort();
    void *shared = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED) abort();
    close(file);
    control = shared;
    if (getenv("FAULTY_LOG") != NULL) log_file = open(getenv("FAULTY_LOG"), O_WRONLY | O_APPEND | O_CLOEXEC);
}

static ssize_t path_of(int file, char *path, size_t size) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, size - 1);
    path[length > 0 ? length : 0] = 0;
    return length;
}

static int is_ours(int file) {
    char path[4096];
    ssize_t length = path_of(file, path, sizeof path);
    size_t prefix = strlen(files);
    return length >= (ssize_t)prefix && memcmp(path, files, prefix) == 0;
}

static void note(int file, int kind, const void *bytes, ssize_t length, int64_t at) {
    if (control == NULL || log_file < 0 || length < 0 || !is_ours(file)) return;
    char path[4096];
    path_of(file, path, sizeof path);
    struct record record = {kind, at, length, {0}};
    snprintf(record.name, sizeof record.name, "%s", strrchr(path, '/') + 1);
    pthread_mutex_lock(&one_at_a_time);
    (void)!real_write(log_file, &record, sizeof record);
    if (length > 0) (void)!real_write(log_file, bytes, length);
    pthread_mutex_unlock(&one_at_a_time);
}

/* What is to happen to this call. */
static int met(int file, int kind) {
    pthread_once(&once, prepare);
    if (control == NULL || !(control->kinds & kind) || !is_ours(file)) return NOTHING;
    int64_t number = __atomic_add_fetch(&control->calls, 1, __ATOMIC_SEQ_CST);
    int action = (int)control->action;
    if (action == NOTHING || number < control->first || number > control->last) return NOTHING;
    if ((action == SHORT || action == TORN) && kind != WRITES) action = action == TORN ? FAIL : NOTHING;
    if (action != NOTHING) __atomic_add_fetch(&control->hits, 1, __ATOMIC_SEQ_CST);
    while (action == HANG) { /* until the test says otherwise */
        struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
        action = __atomic_load_n(&control->action, __ATOMIC_SEQ_CST) == HANG ? HANG : NOTHING;
    }
    return action;
}

static ssize_t failed(void) {
    errno = (int)control->error;
    return -1;
}

ssize_t write(int file, const void *bytes, size_t count) {
    switch (met(file, WRITES)) {
    case FAIL: return failed();
    case SHORT: return real_write(file, bytes, count > 1 ? count / 2 : count);
    case TORN: (void)!real_write(file, bytes, count / 2); return failed();
    }
    return real_write(file, bytes, count);
}

static ssize_t written(int file, const void *bytes, size_t count, off64_t at) {
    ssize_t length = real_pwrite(file, bytes, count, at);
    int error = errno;
    note(file, WRITTEN, bytes, length, at);
    errno = error;
    return length;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    switch (met(file, WRITES)) {
    case FAIL: return failed();
    case SHORT: return written(file, bytes, count > 1 ? count / 2 : count, at);
    case TORN: written(file, bytes, count / 2, at); return failed();
    }
    return written(file, bytes, count, at);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { return pwrite64(file, bytes, count, at); }

static int synced(int file, int (*real)(int)) {
    int result = real(file);
    note(file, result == 0 ? SYNCED : NOT_SYNCED, NULL, 0, 0);
    return result;
}

static int not_synced(int file) { /* what was to be synced may be gone, and the next sync does not say so */
    note(file, NOT_SYNCED, NULL, 0, 0);
    return (int)failed();
}

int fsync(int file) { return met(file, SYNCS) == FAIL ? not_synced(file) : synced(file, real_fsync); }

int fdatasync(int file) { return met(file, SYNCS) == FAIL ? not_synced(file) : synced(file, real_fdatasync); }

int ftruncate64(int file, off64_t size) {
    if (met(file, TRUNCATES) == FAIL) return (int)failed();
    int result = real_ftruncate(file, size);
    if (result == 0) note(file, TRUNCATED, NULL, 0, size);
    return result;
}

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }
