/* arenas.c -- a malloc whose memory comes from KIND, a name in the table below; see arenas.sh.
 *
 * Chunks of 4 MiB; a block has its class in the 16 bytes before it, and free ones are in lists.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

enum { CHUNK = 4 << 20, UNIT = 64, CLASSES = 4096, READ_WRITE = PROT_READ | PROT_WRITE };

static void *anonymous(int flags)
{
    return mmap(NULL, CHUNK, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void *of_file(int file, int flags)
{
    void *const chunk = mmap(NULL, CHUNK, READ_WRITE, flags, file, 0);

    close(file);
    return chunk;
}

static int sized(int file)
{
    if (ftruncate(file, CHUNK) != 0)
        return -1;
    return file;
}

static int memfd(unsigned flags)
{
    return sized(memfd_create("arena", MFD_CLOEXEC | flags));
}

static void *memfd_shared(void)
{
    return of_file(memfd(0), MAP_SHARED);
}

static void *memfd_private(void)
{
    return of_file(memfd(0), MAP_PRIVATE);
}

static void *memfd_populated(void)
{
    return of_file(memfd(0), MAP_SHARED | MAP_POPULATE);
}

static void *memfd_private_populated(void)
{
    return of_file(memfd(0), MAP_PRIVATE | MAP_POPULATE);
}

/* What the first view touches is in memory when the second is filled. */
static void *memfd_alias(void)
{
    int const file = memfd(0);
    char *const view = mmap(NULL, CHUNK, READ_WRITE, MAP_SHARED, file, 0);

    for (size_t at = 0; at < CHUNK; at += 3 * 4096)
        view[at] = 1;
    void *const chunk = of_file(file, MAP_SHARED | MAP_POPULATE);
    memset(view, 0, CHUNK);
    return chunk;
}

/* The half of a file that is there, then the half that ftruncate adds. */
static void *memfd_grown(void)
{
    int const file = memfd_create("region", MFD_CLOEXEC); /* as the harness's own is called */
    char *const place = mmap(NULL, CHUNK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (off_t half = 0; half < 2; half++) {
        off_t const at = half * (CHUNK / 2);
        if (ftruncate(file, at + CHUNK / 2) != 0)
            return MAP_FAILED;
        mmap(place + at, CHUNK / 2, READ_WRITE, MAP_SHARED | MAP_FIXED, file, at);
    }
    close(file);
    return place;
}

static void *memfd_allocated(void)
{
    int const file = memfd_create("arena", MFD_CLOEXEC);

    return fallocate(file, 0, 0, CHUNK) == 0 ? of_file(file, MAP_SHARED | MAP_POPULATE)
                                             : MAP_FAILED;
}

static void *memfd_huge(void)
{
    return of_file(memfd(MFD_HUGETLB), MAP_SHARED);
}

static void *memfd_huge_populated(void)
{
    return of_file(memfd(MFD_HUGETLB | MFD_HUGE_2MB), MAP_SHARED | MAP_POPULATE);
}

static void *shm(void)
{
    char const *const path = "/slablab-arena";
    int const file = shm_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    shm_unlink(path);
    return of_file(sized(file), MAP_SHARED);
}

static void *shm_system_v(void)
{
    int const number = shmget(IPC_PRIVATE, CHUNK, IPC_CREAT | 0600);
    void *const chunk = shmat(number, NULL, 0);

    shmctl(number, IPC_RMID, NULL);
    return chunk;
}

static void *file_on_disk(void)
{
    return of_file(sized(open("/var/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)), MAP_SHARED);
}

static void *zero_private(void)
{
    return of_file(open("/dev/zero", O_RDWR), MAP_PRIVATE);
}

static void *zero_shared(void)
{
    return of_file(open("/dev/zero", O_RDWR), MAP_SHARED);
}

static void *anonymous_shared(void)
{
    return mmap(NULL, CHUNK, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void *anonymous_shared_populated(void)
{
    return mmap(NULL, CHUNK, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}

/* Where no huge pages are reserved the call fails, and the usual ones serve. */
static void *huge_or_not(int flags)
{
    void *const chunk = anonymous(MAP_HUGETLB | flags);

    return chunk != MAP_FAILED ? chunk : anonymous(flags & MAP_POPULATE);
}

static void *huge(void)
{
    return huge_or_not(0);
}

static void *huge_2mb(void)
{
    return huge_or_not(MAP_HUGE_2MB);
}

static void *huge_populated(void)
{
    return huge_or_not(MAP_POPULATE);
}

static void *huge_locked(void)
{
    char *const chunk = huge_or_not(0);

    chunk[CHUNK / 2] = 1; /* of two, the second is there */
    return mlock(chunk, CHUNK) == 0 ? chunk : MAP_FAILED;
}

/* Huge pages are filled even so. */
static void *huge_locked_on_fault(void)
{
    void *const chunk = huge_or_not(0);

    return mlock2(chunk, CHUNK, MLOCK_ONFAULT) == 0 ? chunk : MAP_FAILED;
}

static void *huge_all_on_fault(void)
{
    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
    return huge_or_not(0);
}

static void *populated(void)
{
    return anonymous(MAP_POPULATE);
}

static void *locked(void)
{
    return anonymous(MAP_LOCKED);
}

static void *advised(int advice, int flags)
{
    char *const chunk = mmap(NULL, CHUNK, READ_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    chunk[7 * 4096] = 1;
    return madvise(chunk, CHUNK, advice) == 0 ? chunk : MAP_FAILED;
}

static void *advised_write(void)
{
    return advised(MADV_POPULATE_WRITE, MAP_PRIVATE);
}

static void *advised_read(void)
{
    return advised(MADV_POPULATE_READ, MAP_PRIVATE);
}

static void *advised_write_shared(void)
{
    return advised(MADV_POPULATE_WRITE, MAP_SHARED);
}

static void *advised_read_shared(void)
{
    return advised(MADV_POPULATE_READ, MAP_SHARED);
}

static void *mlocked(void)
{
    char *const chunk = anonymous(0);

    chunk[0] = 1;
    return mlock(chunk, CHUNK) == 0 ? chunk : MAP_FAILED;
}

static void *mlocked_on_fault(void)
{
    void *const chunk = anonymous(0);

    return mlock2(chunk, CHUNK, MLOCK_ONFAULT) == 0 ? chunk : MAP_FAILED;
}

/* Locked, reserved and opened: mprotect fills it. */
static void *mlocked_opened(void)
{
    char *const chunk = mmap(NULL, CHUNK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    mlockall(MCL_FUTURE);
    char *const reserved = mmap(NULL, CHUNK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(chunk, CHUNK);
    return mprotect(reserved, CHUNK, READ_WRITE) == 0 ? reserved : MAP_FAILED;
}

static void *mlocked_grown(void)
{
    void *chunk = mmap(NULL, CHUNK / 2, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    mlock(chunk, CHUNK / 2);
    return mremap(chunk, CHUNK / 2, CHUNK, MREMAP_MAYMOVE);
}

static void *mlocked_heap(void)
{
    mlockall(MCL_FUTURE);
    return sbrk(CHUNK);
}

/* The program, its libraries and its stack. */
static void *all_current(void)
{
    void *const chunk = anonymous(0);

    return mlockall(MCL_CURRENT) == 0 ? chunk : MAP_FAILED;
}

static void *all_future(void)
{
    return mlockall(MCL_FUTURE) == 0 ? anonymous(0) : MAP_FAILED;
}

static void *all_both(void)
{
    return mlockall(MCL_CURRENT | MCL_FUTURE) == 0 ? anonymous(0) : MAP_FAILED;
}

static void *all_on_fault(void)
{
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 ? anonymous(MAP_POPULATE)
                                                                 : MAP_FAILED;
}

static void *all_then_none(void)
{
    mlockall(MCL_CURRENT | MCL_FUTURE);
    return munlockall() == 0 ? anonymous(0) : MAP_FAILED;
}

static char *at;
static char *end;
static void *bins[CLASSES + 1];

static void refill(void)
{
    char *const chunk = KIND();

    if (chunk == MAP_FAILED || chunk == (char *)-1)
        _exit(3);
    at = chunk;
    end = chunk + CHUNK;
}

static char *take(size_t size)
{
    size_t const class = (size + 16 + UNIT - 1) / UNIT;

    if (class > CLASSES) {
        errno = ENOMEM;
        return NULL;
    }
    char *block = bins[class];
    if (block != NULL) {
        memcpy(&bins[class], block, sizeof(void *));
        return block;
    }
    if (at == NULL || (size_t)(end - at) < class * UNIT)
        refill();
    block = at + 16;
    memcpy(at, &class, sizeof class);
    at += class * UNIT;
    return block;
}

void *malloc(size_t size)
{
    return take(size);
}

void free(void *block)
{
    size_t class;

    if (block == NULL)
        return;
    memcpy(&class, (char *)block - 16, sizeof class);
    memcpy(block, &bins[class], sizeof(void *));
    bins[class] = block;
}

void *calloc(size_t count, size_t size)
{
    void *const block = take(count * size);

    return block != NULL ? memset(block, 0, count * size) : NULL;
}

void *realloc(void *old, size_t size)
{
    void *const block = take(size);
    size_t class;

    if (old == NULL || block == NULL)
        return block;
    memcpy(&class, (char *)old - 16, sizeof class);
    size_t const held = class * UNIT - 16;
    memcpy(block, old, held < size ? held : size);
    free(old);
    return block;
}

/* Such a block is never given back: its class is not before it. */
void *memalign(size_t alignment, size_t size)
{
    static size_t const never = CLASSES;
    uintptr_t const block = (uintptr_t)take(size + alignment + 16) + 16;
    uintptr_t const aligned = (block + alignment - 1) / alignment * alignment;

    memcpy((void *)(aligned - 16), &never, sizeof never);
    return (void *)aligned;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = memalign(alignment, size);
    return 0;
}
