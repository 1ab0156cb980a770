/*
 * Plays ptrace sessions on the running x86-64 kernel and prints them with what the kernel answered.
 *
 *   cc -O1 -static -Wl,-Ttext-segment=0x70000000 ptrace-recorder.c -o ptrace-recorder
 *   GLIBC_TUNABLES=glibc.pthread.rseq=0 ./ptrace-recorder sessions.txt > recorded.txt
 *
 * Input and output have the form of the resource ptrace-sessions-x64.txt; answers in the input are replaced. The program is linked high
 * because the guest's own addresses are low. RecordedSession.java plays the same on the reference.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CODE 0x400000UL
#define DATA 0x600000UL
#define NOTES 0x700000UL
#define STACK 0x800000UL
#define STACK_TOP 0x900000UL
#define THREAD_STACKS 0xa00000UL
#define THREAD_STACKS_END 0xa24000UL
#define MAX_TASKS 16

static unsigned char code[1 << 16], data[1 << 16];
static size_t code_size, data_size;
static pid_t tasks[MAX_TASKS];
static int task_count;

static int task_index(long pid)
{
	for (int i = 0; i < task_count; i++)
		if (tasks[i] == pid)
			return i;
	return -1;
}

static const char *name_of(long pid)
{
	static char name[16];

	if (pid == 0)
		return "nobody";
	if (pid == getpid())
		return "tracer";
	if (task_index(pid) < 0)
		return "other";
	snprintf(name, sizeof(name), "task%d", task_index(pid));
	return name;
}

/* Whether a task is about to run; a sleeping, stopped or dead one is not. */
static int runs(pid_t pid)
{
	char path[64], text[256], *state;
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = 0;
	state = strrchr(text, ')');
	return state && state[2] == 'R';
}

/* Lets the tasks go as far as they will. */
static void settle(void)
{
	const struct timespec pause = { 0, 300000 };

	for (int tries = 0, calm = 0; tries < 3000 && calm < 8; tries++) {
		int any = 0;

		nanosleep(&pause, NULL);
		for (int i = 0; i < task_count; i++)
			any |= runs(tasks[i]);
		calm = any ? 0 : calm + 1;
	}
}

static void map(unsigned long at, unsigned long size, const void *from, size_t length, int prot)
{
	if (mmap((void *)at, size, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != (void *)at)
		_exit(99);
	memcpy((void *)at, from, length);
	mprotect((void *)at, size, prot);
}

/* Becomes the guest: its memory, no thread pointer, all registers zero. */
static void become_guest(void)
{
	map(CODE, sizeof(code), code, code_size, PROT_READ | PROT_EXEC);
	map(DATA, sizeof(data), data, data_size, PROT_READ | PROT_WRITE);
	map(NOTES, 0x4000, "", 0, PROT_READ | PROT_WRITE);
	map(STACK, STACK_TOP - STACK, "", 0, PROT_READ | PROT_WRITE);
	map(THREAD_STACKS, THREAD_STACKS_END - THREAD_STACKS, "", 0, PROT_READ | PROT_WRITE);
	__asm__ volatile("mov $158, %%eax\n\tmov $0x1002, %%edi\n\txor %%esi, %%esi\n\tsyscall\n\t"
			 "mov $0x8fffc0, %%esp\n\tpushq $0x202\n\tpopfq\n\t"
			 "mov $0, %%eax\n\tmov $0, %%ebx\n\tmov $0, %%ecx\n\tmov $0, %%edx\n\t"
			 "mov $0, %%esi\n\tmov $0, %%edi\n\tmov $0, %%ebp\n\tmov $0, %%r8d\n\t"
			 "mov $0, %%r9d\n\tmov $0, %%r10d\n\tmov $0, %%r11d\n\tmov $0, %%r12d\n\t"
			 "mov $0, %%r13d\n\tmov $0, %%r14d\n\tmov $0, %%r15d\n\tjmp *(guest_start)\n\t"
			 ".pushsection .data\nguest_start: .quad 0x400000\n\t.popsection" ::: "memory");
	__builtin_unreachable();
}

static void bury(void)
{
	int status;
	pid_t pid;

	for (int i = task_count - 1; i >= 0; i--) {
		ptrace(PTRACE_CONT, tasks[i], 0, 0);
		kill(tasks[i], SIGKILL);
		ptrace(PTRACE_CONT, tasks[i], 0, 0);
	}
	while ((pid = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status))
			ptrace(PTRACE_CONT, pid, 0, 0);
	task_count = 0;
}

/* A guest seized before its first instruction, stopped by the break it starts with. */
static void start(long options)
{
	int gate[2], status;
	char token;
	pid_t pid;

	bury();
	if (pipe(gate))
		exit(2);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (read(gate[0], &token, 1) != 1)
			_exit(98);
		close(gate[0]);
		close(gate[1]);
		become_guest();
	}
	tasks[task_count++] = pid;
	ptrace(PTRACE_SEIZE, pid, 0, options);
	if (write(gate[1], "x", 1) != 1)
		exit(2);
	waitpid(pid, &status, __WALL);
	close(gate[0]);
	close(gate[1]);
	settle();
}

static void answer_code(long result)
{
	if (result < 0)
		printf("E%d", errno);
	else
		printf("ok");
}

static void answer_siginfo(pid_t pid)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	if (ptrace(PTRACE_GETSIGINFO, pid, 0, &info)) {
		answer_code(-1);
		return;
	}
	printf("signo=%d code=%x errno=%d", info.si_signo, info.si_code, info.si_errno);
	/* Faults have an address where others have a pid. */
	if (info.si_code <= 0 || info.si_code >= 0x80 || info.si_signo == SIGCHLD)
		printf(" pid=%s", name_of(info.si_pid));
}

static void answer_value(const char *name, unsigned long value)
{
	if ((value >= STACK && value < STACK_TOP - 64) || (value >= THREAD_STACKS && value < THREAD_STACKS_END))
		printf(" %s=stack+%lx", name, value & 15);
	else if (task_index(value) >= 0)
		printf(" %s=%s", name, name_of(value));
	else
		printf(" %s=%lx", name, value);
}

static void answer_regs(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, 0, &regs)) {
		answer_code(-1);
		return;
	}
	printf("regs");
	answer_value("orig_rax", regs.orig_rax);
	answer_value("rax", regs.rax);
	answer_value("rip", regs.rip);
	answer_value("rsp", regs.rsp);
	answer_value("rdi", regs.rdi);
	answer_value("rsi", regs.rsi);
	answer_value("rdx", regs.rdx);
	/* The parity flag depends on pids. */
	answer_value("eflags", regs.eflags & ~4UL);
}

static void answer_wait(pid_t pid)
{
	unsigned long message;
	int status, event;
	pid_t found;

	settle();
	found = waitpid(pid, &status, __WALL | WNOHANG | WUNTRACED | WCONTINUED);
	if (found == 0) {
		printf("nothing");
		return;
	}
	if (found < 0) {
		answer_code(-1);
		return;
	}
	printf("%x", status);
	event = status >> 16;
	if (status != 0xffff && WIFSTOPPED(status) && event >= PTRACE_EVENT_FORK && event <= PTRACE_EVENT_CLONE &&
	    !ptrace(PTRACE_GETEVENTMSG, pid, 0, &message) && task_index(message) < 0 && task_count < MAX_TASKS)
		tasks[task_count++] = message;
}

static void answer(pid_t pid, const char *op, long arg)
{
	static const struct { const char *name; int request; } requests[] = {
		{ "cont", PTRACE_CONT },       { "syscall", PTRACE_SYSCALL },     { "step", PTRACE_SINGLESTEP },
		{ "sysemu", 31 },              { "sysemu-step", 32 },             { "detach", PTRACE_DETACH },
		{ "seize", PTRACE_SEIZE },     { "attach", PTRACE_ATTACH },       { "interrupt", PTRACE_INTERRUPT },
		{ "listen", PTRACE_LISTEN },   { "setoptions", PTRACE_SETOPTIONS },
	};
	unsigned long word = 0;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (!strcmp(op, requests[i].name)) {
			answer_code(ptrace(requests[i].request, pid, 0, arg));
			return;
		}
	if (!strcmp(op, "kill"))
		answer_code(kill(pid, arg));
	else if (!strcmp(op, "tkill"))
		answer_code(syscall(SYS_tkill, pid, arg));
	else if (!strcmp(op, "set-rax"))
		answer_code(ptrace(PTRACE_POKEUSER, pid, 10 * 8, arg));
	else if (!strcmp(op, "set-orig_rax"))
		answer_code(ptrace(PTRACE_POKEUSER, pid, 15 * 8, arg));
	else if (!strcmp(op, "setsigmask"))
		answer_code(ptrace(PTRACE_SETSIGMASK, pid, 8, &arg));
	else if (!strcmp(op, "getsigmask")) {
		answer_code(ptrace(PTRACE_GETSIGMASK, pid, 8, &word));
		printf(" %lx", word);
	} else if (!strcmp(op, "message")) {
		answer_code(ptrace(PTRACE_GETEVENTMSG, pid, 0, &word));
		answer_value("message", word);
	} else if (!strcmp(op, "siginfo"))
		answer_siginfo(pid);
	else if (!strcmp(op, "regs"))
		answer_regs(pid);
	else if (!strcmp(op, "wait"))
		answer_wait(pid);
	else
		exit(2);
}

static size_t unhex(const char *text, unsigned char *into)
{
	size_t length = 0;
	unsigned int byte;

	while (sscanf(text, "%2x", &byte) == 1) {
		into[length++] = byte;
		text += 2;
	}
	return length;
}

int main(int argc, char **argv)
{
	static char line[1 << 17], op[32];
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;

	if (!in) {
		fprintf(stderr, "usage: ptrace-recorder SESSIONS\n");
		return 2;
	}
	while (fgets(line, sizeof(line), in)) {
		char *end = strstr(line, " -> ");
		long arg = 0;
		int target;

		line[strcspn(line, "\n")] = 0;
		if (end)
			*end = 0;
		printf("%s", line);
		if (!strncmp(line, "code ", 5)) {
			memset(code, 0, sizeof(code));
			code_size = unhex(line + 5, code);
		} else if (!strncmp(line, "data ", 5)) {
			memset(data, 0, sizeof(data));
			data_size = unhex(line + 5, data);
		} else if (sscanf(line, "session %*s options %ld", &arg) == 1) {
			start(arg);
		} else if (sscanf(line, "%d %31s %ld", &target, op, &arg) >= 2) {
			printf(" -> ");
			if (target < task_count)
				answer(tasks[target], op, arg);
			else
				printf("none");
		}
		printf("\n");
	}
	bury();
	return 0;
}
