/* The guest program as a bare process: its memory at fixed addresses, no C library that knows of it, clean registers. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

/* As in GuestProgram.Layout. */
#define CODE 0x400000ul
#define DATA 0x600000ul
#define DATA_SIZE 0x10000ul
#define NOTES 0x700000ul
#define NOTES_SIZE 0x4000ul
#define STACK 0x800000ul
#define STACK_TOP 0x900000ul
#define THREAD_STACKS 0xa00000ul
#define THREAD_STACKS_SIZE (9 * 0x4000ul)
#define START_SP (STACK_TOP - 64)

static unsigned char code[FRAME_MAX / 2], data[DATA_SIZE];
static size_t code_size, data_size;
static int notes_fd = -1, output_fd = -1, go[2] = { -1, -1 };
static unsigned char *notes;
static pid_t main_pid;
static unsigned long begin = CODE;

static void map(unsigned long address, size_t size, int prot, int fd)
{
	if (mmap((void *)address, size, prot, MAP_FIXED | (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED), fd, 0) ==
	    MAP_FAILED)
		_exit(125);
}

/* With clean registers but the one that holds the address. */
static void jump(void)
{
#if defined(__x86_64__)
	asm volatile("mov %0, %%rsp\n\tmov %1, %%rcx\n\t"
		     "xor %%eax, %%eax\n\txor %%ebx, %%ebx\n\txor %%edx, %%edx\n\txor %%esi, %%esi\n\txor %%edi, %%edi\n\t"
		     "xor %%ebp, %%ebp\n\txor %%r8d, %%r8d\n\txor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\txor %%r11d, %%r11d\n\t"
		     "xor %%r12d, %%r12d\n\txor %%r13d, %%r13d\n\txor %%r14d, %%r14d\n\txor %%r15d, %%r15d\n\t"
		     "jmp *%%rcx" : : "r"(START_SP), "r"(begin) : "memory");
#elif defined(__i386__)
	asm volatile("mov %0, %%esp\n\tmov %1, %%ecx\n\t"
		     "xor %%eax, %%eax\n\txor %%ebx, %%ebx\n\txor %%edx, %%edx\n\txor %%esi, %%esi\n\txor %%edi, %%edi\n\t"
		     "xor %%ebp, %%ebp\n\tjmp *%%ecx" : : "r"(START_SP), "r"(begin) : "memory");
#elif defined(__aarch64__)
	register unsigned long sp asm("x16") = START_SP, pc asm("x17") = begin;

	asm volatile("mov sp, %0\n\tmsr tpidr_el0, xzr\n\t"
		     "mov x0, xzr\n\tmov x1, xzr\n\tmov x2, xzr\n\tmov x3, xzr\n\tmov x4, xzr\n\tmov x5, xzr\n\t"
		     "mov x6, xzr\n\tmov x7, xzr\n\tmov x8, xzr\n\tmov x9, xzr\n\tmov x10, xzr\n\tmov x11, xzr\n\t"
		     "mov x12, xzr\n\tmov x13, xzr\n\tmov x14, xzr\n\tmov x15, xzr\n\tmov x16, xzr\n\tmov x18, xzr\n\t"
		     "mov x19, xzr\n\tmov x20, xzr\n\tmov x21, xzr\n\tmov x22, xzr\n\tmov x23, xzr\n\tmov x24, xzr\n\t"
		     "mov x25, xzr\n\tmov x26, xzr\n\tmov x27, xzr\n\tmov x28, xzr\n\tmov x29, xzr\n\tmov x30, xzr\n\t"
		     "br x17" : : "r"(sp), "r"(pc) : "memory");
#elif defined(__arm__)
	register unsigned long sp asm("r4") = START_SP, pc asm("r12") = begin;

	asm volatile("mov sp, %0\n\tmov r0, #0\n\tmov r1, #0\n\tmov r2, #0\n\tmov r3, #0\n\tmov r4, #0\n\tmov r5, #0\n\t"
		     "mov r6, #0\n\tmov r7, #0\n\tmov r8, #0\n\tmov r9, #0\n\tmov r10, #0\n\tmov r11, #0\n\tmov lr, #0\n\t"
		     "bx r12" : : "r"(sp), "r"(pc) : "memory");
#else
#error "no such architecture"
#endif
	__builtin_unreachable();
}

/*
 * One byte after the other, and not by memcpy(), which is made of SVE stores on arm64's processor "max": of such a store QEMU 7.2
 * looks only at the first byte for code that it has translated, as it does for DC ZVA, by which the kernel clears pages. What a former program had
 * in the same page of memory would run again.
 */
static void copy_code(void)
{
	volatile unsigned char *to = (volatile unsigned char *)CODE;

	for (size_t i = 0; i < code_size; i++)
		to[i] = code[i];
}

static void map_program(void)
{
	map(CODE, code_size, PROT_READ | PROT_WRITE, -1);
	copy_code();
	__builtin___clear_cache((char *)CODE, (char *)CODE + code_size);
	mprotect((void *)CODE, code_size, PROT_READ | PROT_EXEC);
	map(DATA, DATA_SIZE, PROT_READ | PROT_WRITE, -1);
	memcpy((void *)DATA, data, data_size);
	map(NOTES, NOTES_SIZE, PROT_READ | PROT_WRITE, notes_fd);
	map(STACK, STACK_TOP - STACK, PROT_READ | PROT_WRITE, -1);
	map(THREAD_STACKS, THREAD_STACKS_SIZE, PROT_READ | PROT_WRITE, -1);
}

static void forget_tls(void)
{
#if defined(__x86_64__)
	syscall(SYS_arch_prctl, 0x1002 /* ARCH_SET_FS */, 0);
#elif defined(__arm__)
	syscall(0x0f0005 /* __ARM_NR_set_tls */, 0);
#endif
}

/* In the child: waits for the word to start, and becomes the guest. */
static void become_guest(void)
{
	char word;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	map_program();
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(output_fd, 1);
	dup2(output_fd, 2);
	int wait = dup2(go[0], 100);

	for (int fd = 3; fd < 100; fd++)
		close(fd);
	/* A tracer may have set the registers meanwhile: then this read never returns here. */
	if (read(wait, &word, 1) != 1)
		_exit(124);
	close(wait);
	forget_tls();
	jump();
}

static int fresh_file(const char *name)
{
	return syscall(SYS_memfd_create, name, 0);
}

static void take_program(const char *code_hex, const char *data_hex, unsigned long first)
{
	begin = first ? first : CODE;
	code_size = hex_decode(code_hex, code, sizeof(code));
	data_size = hex_decode(data_hex, data, sizeof(data));
}

/* The notes go on where the program before had them. */
void guest_execute(const char *code_hex, const char *data_hex, unsigned long first, const char *notes_path)
{
	take_program(code_hex, data_hex, first);
	notes_fd = open(notes_path, O_RDWR | O_CLOEXEC);
	map_program();
	close(notes_fd);
	forget_tls();
	jump();
}

int guest_notes_file(void)
{
	return notes_fd;
}

int guest_spawn(const char *code_hex, const char *data_hex, unsigned long first)
{
	take_program(code_hex, data_hex, first);
	notes_fd = fresh_file("notes");
	output_fd = fresh_file("output");
	if (notes_fd < 0 || output_fd < 0 || ftruncate(notes_fd, NOTES_SIZE) || pipe(go))
		return -errno;
	notes = mmap(NULL, NOTES_SIZE, PROT_READ, MAP_SHARED, notes_fd, 0);
	if (notes == MAP_FAILED)
		return -errno;
	main_pid = fork();
	if (main_pid < 0)
		return -errno;
	if (!main_pid)
		become_guest();
	setpgid(main_pid, main_pid);
	/* Let it come to its read, so that what a tracer finds is always the same. */
	char wanted[32], state[64];

	snprintf(wanted, sizeof(wanted), "%d 0x64 ", (int)SYS_read);
	for (int i = 0; i < 200000; i++) {
		tracer_syscall(main_pid, state, sizeof(state));
		if (!strncmp(state, wanted, strlen(wanted)))
			return main_pid;
		usleep(50);
	}
	return -ETIMEDOUT;
}

/* Puts a stopped guest that has not started before its first instruction. */
long guest_prepare(pid_t pid)
{
#if defined(__x86_64__)
	struct user_regs_struct regs, fresh = { 0 };
#elif defined(__i386__)
	struct user_regs_struct regs, fresh = { 0 };
#elif defined(__aarch64__)
	struct user_regs_struct regs, fresh = { 0 };
#else
	struct user_regs regs, fresh = { 0 };
#endif
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &iov))
		return -errno;
#if defined(__x86_64__)
	fresh.cs = regs.cs;
	fresh.ss = regs.ss;
	fresh.ds = regs.ds;
	fresh.es = regs.es;
	fresh.fs = regs.fs;
	fresh.gs = regs.gs;
	fresh.eflags = 0x202;
	fresh.orig_rax = -1;
	fresh.rip = begin;
	fresh.rsp = START_SP;
#elif defined(__i386__)
	fresh.xcs = regs.xcs;
	fresh.xss = regs.xss;
	fresh.xds = regs.xds;
	fresh.xes = regs.xes;
	fresh.xfs = regs.xfs;
	fresh.xgs = regs.xgs;
	fresh.eflags = 0x202;
	fresh.orig_eax = -1;
	fresh.eip = begin;
	fresh.esp = START_SP;
#elif defined(__aarch64__)
	fresh.pstate = regs.pstate;
	fresh.pc = begin;
	fresh.sp = START_SP;
#else
	/* This program may be in the other state than the guest: T is bit 5, what an IT block has left bits 10 to 15, 25 and 26. */
	fresh.uregs[16] = (regs.uregs[16] & ~0x0600fc20ul) | (begin & 1 ? 0x20 : 0);
	fresh.uregs[17] = -1;
	fresh.uregs[15] = begin & ~1ul;
	fresh.uregs[13] = START_SP;
#endif
	iov.iov_base = &fresh;
	iov.iov_len = sizeof(fresh);
	return ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &iov) ? -errno : 0;
}

void guest_go(void)
{
	if (write(go[1], "g", 1) != 1)
		return;
}

const unsigned char *guest_notes(void)
{
	return notes;
}

size_t guest_notes_size(void)
{
	size_t size = notes ? NOTES_SIZE : 0;

	while (size && !notes[size - 1])
		size--;
	return size;
}

size_t guest_output(unsigned char *out, size_t max)
{
	ssize_t n = pread(output_fd, out, max, 0);

	return n < 0 ? 0 : n;
}

/* Kills what is left of the guest and waits for it; 0 when nothing is left. */
int guest_end(void)
{
	int left = 1;

	if (main_pid > 0) {
		for (int i = 0; i < 20000; i++) {
			int status;
			pid_t pid;

			kill(-main_pid, SIGKILL);
			kill(main_pid, SIGKILL);
			while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
				if (WIFSTOPPED(status))
					ptrace(PTRACE_CONT, pid, 0, SIGKILL);
			if (pid < 0 && errno == ECHILD) {
				left = 0;
				break;
			}
			usleep(100);
		}
	} else {
		left = 0;
	}
	if (notes && notes != MAP_FAILED)
		munmap((void *)notes, NOTES_SIZE);
	notes = NULL;
	int *fds[] = { &notes_fd, &output_fd, &go[0], &go[1] };

	for (int i = 0; i < 4; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	executable_remove();
	main_pid = 0;
	return left;
}
