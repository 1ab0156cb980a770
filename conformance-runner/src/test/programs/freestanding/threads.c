/* Threads by clone() and futex() alone: a lock, turns, atomics, thread-local variables, joining by the number that the kernel clears. */
#ifdef __aarch64__
/* Exclusive loads and stores, not the compiler's functions, which ask the C library what the processor has. */
#pragma GCC target("no-outline-atomics")
#endif
#include "system.h"
#include "tls.h"

#define THREADS 6
#define ROUNDS 500

enum { FUTEX_WAIT, FUTEX_WAKE };

struct thread {
    volatile int tid;
    int id;
    u32 block[64];
    u64 result;
} __attribute__((aligned(16)));

static struct thread threads[THREADS];
static __attribute__((aligned(16))) char stacks[THREADS][16384];
/* Nobody's turn yet. */
static u32 turn = THREADS;
static u32 lock, ready;
static u64 total, atomic;
static u32 words[4];
static __thread int mine = 5;
static __thread u64 hash, *self = &total;
static volatile int handled;

static long wait_while(const volatile void *at, u32 value)
{
    return syscall5(NR_FUTEX, (long)at, FUTEX_WAIT, (long)value, 0, 0);
}

static long wake(const volatile void *at, int how_many)
{
    return syscall5(NR_FUTEX, (long)at, FUTEX_WAKE, how_many, 0, 0);
}

/* 0 free, 1 taken, 2 taken and waited for. */
static void take(void)
{
    u32 was = 0;
    if (__atomic_compare_exchange_n(&lock, &was, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&lock, 2, __ATOMIC_ACQUIRE) != 0)
        wait_while(&lock, 2);
}

static void leave(void)
{
    if (__atomic_exchange_n(&lock, 0, __ATOMIC_RELEASE) == 2)
        wake(&lock, 1);
}

static void wait_until(u32 *at, u32 value)
{
    for (u32 now; (now = __atomic_load_n(at, __ATOMIC_ACQUIRE)) != value;)
        wait_while(at, now);
}

static void on_usr1(int signal)
{
    (void)signal;
    handled += mine;
}

static int run(struct thread *thread)
{
    u32 id = (u32)thread->id;

    print(self == &total && hash == 0 ? "" : "not what was initialised\n");
    self = &thread->result;
    for (u32 i = 0; i < ROUNDS; i++) {
        take();
        total += id * i;
        leave();
        __atomic_fetch_add(&atomic, i << id, __ATOMIC_RELAXED);
        __atomic_fetch_xor(&words[0], i * 2654435761u + id, __ATOMIC_RELAXED);
        __atomic_fetch_or(&words[1], 1u << ((i + id) & 31) & 0x5a5a5a5a, __ATOMIC_SEQ_CST);
        __atomic_sub_fetch((u8 *)&words[2] + (i & 3), 1, __ATOMIC_ACQ_REL);
        __atomic_add_fetch((u16 *)&words[3] + (i & 1), (u16)id, __ATOMIC_ACQ_REL);
        mine++;
        hash = hash * 31 + i + id;
        if (i % 100 == id)
            syscall3(NR_SCHED_YIELD, 0, 0, 0);
    }
    __atomic_add_fetch(&ready, 1, __ATOMIC_RELEASE);
    wake(&ready, 100);
    wait_until(&turn, id);
    if (id == 3) {
        mine = 1000;
        syscall3(NR_TGKILL, syscall3(NR_GETPID, 0, 0, 0), thread->tid, SIGUSR1);
    }
    print_hex("thread", (u64)id << 32 | (unsigned)mine);
    *self = hash;
    __atomic_store_n(&turn, id + 1, __ATOMIC_RELEASE);
    wake(&turn, 100);
    return (int)id;
}

static long start(struct thread *thread, char *stack, size_t size)
{
    const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    long *top = (long *)(stack + size - 64);
    void *pointer = thread_pointer(thread->block, sizeof thread->block);
#ifdef __i386__
    struct segment segment = segment_of(pointer);
    pointer = &segment;
#endif
    top[0] = (long)run;
    top[1] = (long)thread;
#ifdef __x86_64__
    return clone_thread(flags, top, (int *)&thread->tid, (void *)&thread->tid, pointer);
#else
    return clone_thread(flags, top, (int *)&thread->tid, pointer, (void *)&thread->tid);
#endif
}

int main(int argc, char **argv)
{
    static u32 block[64];
    static const set none;

    (void)argc;
    (void)argv;
    use_thread_pointer(thread_pointer(block, sizeof block));
    mine += 2;
    handle(SIGUSR1, on_usr1, 0, none);
    for (int i = 0; i < THREADS; i++) {
        threads[i].id = i;
        if (start(&threads[i], stacks[i], sizeof stacks[i]) <= 0) {
            print("no thread\n");
            return 1;
        }
    }
    wait_until(&ready, THREADS);
    print_hex("total", total);
    print_hex("atomic", atomic);
    for (int i = 0; i < 4; i++)
        print_hex("words", words[i]);
    __atomic_store_n(&turn, 0, __ATOMIC_RELEASE);
    wake(&turn, 100);
    for (int i = 0; i < THREADS; i++)
        for (int tid; (tid = threads[i].tid) != 0;)
            wait_while(&threads[i].tid, (u32)tid);
    for (int i = 0; i < THREADS; i++)
        print_hex("joined", threads[i].result);
    print_hex("would wait", (u64)-wait_while(&lock, 77));
    print_hex("woken", (u64)wake(&lock, 1));
    print_hex("handled", (u64)handled);
    print_hex("mine", (u64)mine);

    /* A thread that waits for what does not happen ends with the process. */
    turn = THREADS;
    start(&threads[5], stacks[5], sizeof stacks[5]);
    wait_until(&ready, THREADS + 1);
    return 7;
}
