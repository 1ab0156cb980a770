/*
 * Judges x86 code by the processor this runs on. Each case of the file is put into a child by ptrace, runs until a signal, and what the
 * signal shows is written back. The child's system calls are stopped before they do anything.
 *
 * A record: 100 words before, 100 words after, signal, si_code, address, length of the code, 64 bytes of code, a page of data before,
 * a page of data after. Words: rax to r15 in the encoding's order, pc, flags, 1 for 64-bit code, then FXSAVE's 512 bytes from word 20 on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#endif

enum { WORDS = 100, PAGE = 4096, CODE_BYTES = 64, FX_WORD = 20 };

struct record {
	uint64_t before[WORDS], after[WORDS];
	int64_t signo, code;
	uint64_t address, length;
	uint8_t insns[CODE_BYTES];
	uint8_t memory_before[PAGE], memory_after[PAGE];
};

static uint8_t *const code = (uint8_t *)0x20000000;
static uint8_t *const data = (uint8_t *)0x20010000;
static volatile pid_t child;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static void *shared(void *at, int prot)
{
	void *p = mmap(at, PAGE, prot, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p != at)
		fail("mmap");
	return p;
}

static volatile sig_atomic_t running;

static void late(int sig)
{
	(void)sig;
	if (running)
		kill(child, SIGKILL);
}

static void spawn(void)
{
	int status;

	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			_exit(2);
		raise(SIGSTOP);
		_exit(3);
	}
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		fail("waitpid");
}

static void put(const struct record *c)
{
	struct user_regs_struct r;
	const uint64_t *b = c->before;

	memset(&r, 0, sizeof r);
	r.rax = b[0], r.rcx = b[1], r.rdx = b[2], r.rbx = b[3];
	r.rsp = b[4], r.rbp = b[5], r.rsi = b[6], r.rdi = b[7];
	r.r8 = b[8], r.r9 = b[9], r.r10 = b[10], r.r11 = b[11];
	r.r12 = b[12], r.r13 = b[13], r.r14 = b[14], r.r15 = b[15];
	r.rip = b[16];
	r.eflags = b[17];
	r.orig_rax = -1;
	r.cs = b[18] ? 0x33 : 0x23;
	r.ss = 0x2b;
	r.ds = r.es = b[18] ? 0 : 0x2b;
	if (ptrace(PTRACE_SETREGS, child, 0, &r))
		fail("PTRACE_SETREGS");
	if (ptrace(PTRACE_SETFPREGS, child, 0, (void *)(b + FX_WORD)))
		fail("PTRACE_SETFPREGS");
}

static void get(struct record *c)
{
	struct user_regs_struct r;
	uint64_t *a = c->after;

	if (ptrace(PTRACE_GETREGS, child, 0, &r) || ptrace(PTRACE_GETFPREGS, child, 0, a + FX_WORD))
		fail("PTRACE_GETREGS");
	a[0] = r.rax, a[1] = r.rcx, a[2] = r.rdx, a[3] = r.rbx;
	a[4] = r.rsp, a[5] = r.rbp, a[6] = r.rsi, a[7] = r.rdi;
	a[8] = r.r8, a[9] = r.r9, a[10] = r.r10, a[11] = r.r11;
	a[12] = r.r12, a[13] = r.r13, a[14] = r.r14, a[15] = r.r15;
	a[16] = r.rip;
	a[17] = r.eflags;
	a[18] = r.cs == 0x33;
}

static void judge(struct record *c)
{
	struct itimerval second = {.it_value = {1, 0}}, none = {0};
	siginfo_t info;
	int status;

	for (int i = 0; i < PAGE; i += 2)
		code[i] = 0x0f, code[i + 1] = 0x0b;
	memcpy(code + 0x400, c->insns, c->length);
	memcpy(data, c->memory_before, PAGE);
	put(c);
	running = 1;
	setitimer(ITIMER_REAL, &second, NULL);
	if (ptrace(PTRACE_SYSEMU, child, 0, 0))
		fail("PTRACE_SYSEMU");
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	running = 0;
	setitimer(ITIMER_REAL, &none, NULL);
	if (!WIFSTOPPED(status)) {
		c->signo = -1;
		spawn();
		return;
	}
	if (ptrace(PTRACE_GETSIGINFO, child, 0, &info)) {
		/* The second was over just as it stopped. */
		if (errno != ESRCH)
			fail("PTRACE_GETSIGINFO");
		waitpid(child, &status, 0);
		c->signo = -1;
		spawn();
		return;
	}
	get(c);
	c->signo = info.si_signo;
	c->code = info.si_code;
	c->address = (uint64_t)info.si_addr;
	memcpy(c->memory_after, data, PAGE);
}

int main(int argc, char **argv)
{
	struct sigaction on_alarm = {.sa_handler = late};
	struct record *records;
	struct stat st;
	int fd;

	if (argc != 2)
		return 2;
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		fail(argv[1]);
	records = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (records == MAP_FAILED)
		fail("mmap");
	shared(code, PROT_READ | PROT_WRITE | PROT_EXEC);
	shared(data, PROT_READ | PROT_WRITE);
	sigaction(SIGALRM, &on_alarm, NULL);
	spawn();
	for (size_t i = 0; i < st.st_size / sizeof *records; i++)
		judge(&records[i]);
	kill(child, SIGKILL);
	return 0;
}
