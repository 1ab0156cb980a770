/* Requests about tasks: waits, ptrace, registers, memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

/*
 * Whether a wait is over. Time passes for a guest also while the machine below runs something else; so many looks at it, with sleeps
 * between them, do not happen then, and what is waited for runs in these.
 */
static int over(long long end, int looks, long milliseconds)
{
	return now() >= end && (milliseconds < 100 || looks >= 1000);
}

/* "PID STATUS", "0 0" when there is no report in time, "-ERROR 0". */
void tracer_wait(int options, long milliseconds, char *reply)
{
	long long end = now() + milliseconds * 1000ll;

	for (int looks = 0, pause = 1;; looks++, pause = pause < 500 ? pause * 2 : 500) {
		int status = 0;
		long pid = syscall(SYS_wait4, -1, &status, options | WNOHANG, NULL);

		if (pid) {
			sprintf(reply, "%ld %d", pid < 0 ? -(long)errno : pid, status);
			return;
		}
		if (over(end, looks, milliseconds))
			break;
		usleep(pause);
	}
	strcpy(reply, "0 0");
}

void tracer_ptrace(long request, pid_t pid, unsigned long address, unsigned long data, char *reply)
{
	/* The C library's wrapper takes other arguments for PEEK requests, so it is passed by. */
	long result = syscall(SYS_ptrace, request, pid, address, data);

	sprintf(reply, "%ld", result < 0 ? -(long)errno : result);
}

static void show(long result, const unsigned char *bytes, size_t count, char *reply)
{
	if (result < 0)
		sprintf(reply, "%ld", -(long)errno);
	else
		hex_encode(bytes, count, reply + sprintf(reply, "0 "));
}

void tracer_get_regset(pid_t pid, long type, char *reply)
{
	unsigned char bytes[4096];
	struct iovec iov = { bytes, sizeof(bytes) };
	long result = syscall(SYS_ptrace, PTRACE_GETREGSET, pid, type, &iov);

	show(result, bytes, iov.iov_len, reply);
}

void tracer_set_regset(pid_t pid, long type, const char *hex, char *reply)
{
	unsigned char bytes[4096];
	struct iovec iov = { bytes, hex_decode(hex, bytes, sizeof(bytes)) };

	tracer_ptrace(PTRACE_SETREGSET, pid, type, (unsigned long)&iov, reply);
}

/* "0 SIGNO ERRNO CODE PID STATUS ADDR SYSCALL ARCH". */
void tracer_siginfo(pid_t pid, char *reply)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	if (syscall(SYS_ptrace, PTRACE_GETSIGINFO, pid, 0, &info) < 0)
		sprintf(reply, "%ld", -(long)errno);
	else
		sprintf(reply, "0 %d %d %d %d %d %llu %d %u", info.si_signo, info.si_errno, info.si_code, info.si_pid,
			info.si_status, (unsigned long long)(uintptr_t)info.si_addr, info.si_syscall, info.si_arch);
}

/* What /proc/PID/syscall (proc(5)) says of a task; empty when it cannot be read. */
void tracer_syscall(pid_t pid, char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = 0;
}

/*
 * The number that the kernel holds for the call a stopped task is in, -1 for none: it is shown in /proc also where no register set
 * has it, as in the exit-stops of 32-bit arm.
 */
void tracer_syscall_number(pid_t pid, char *reply)
{
	char text[128];

	for (int i = 0; i < 100000; i++) {
		tracer_syscall(pid, text, sizeof(text));
		/* A task that has just reported its stop may still be on its way off the CPU. */
		if (text[0] && strncmp(text, "running", 7)) {
			sprintf(reply, "%ld", strtol(text, NULL, 10));
			return;
		}
		usleep(50);
	}
	strcpy(reply, "-1");
}

void tracer_message(pid_t pid, char *reply)
{
	unsigned long message = 0;

	if (syscall(SYS_ptrace, PTRACE_GETEVENTMSG, pid, 0, &message) < 0)
		sprintf(reply, "%ld", -(long)errno);
	else
		sprintf(reply, "0 %lu", message);
}

static int open_memory(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	return open(path, O_RDWR | O_CLOEXEC);
}

void tracer_peek(pid_t pid, unsigned long long address, unsigned size, char *reply)
{
	unsigned char bytes[64];
	int fd = open_memory(pid);
	long n = fd < 0 ? -1 : pread64(fd, bytes, size < sizeof(bytes) ? size : sizeof(bytes), address);

	show(n, bytes, n < 0 ? 0 : n, reply);
	if (fd >= 0)
		close(fd);
}

void tracer_poke(pid_t pid, unsigned long long address, const char *hex, char *reply)
{
	unsigned char bytes[64];
	size_t size = hex_decode(hex, bytes, sizeof(bytes));
	int fd = open_memory(pid);
	long n = fd < 0 ? -1 : pwrite64(fd, bytes, size, address);

	sprintf(reply, "%ld", n < 0 ? -(long)errno : 0);
	if (fd >= 0)
		close(fd);
}

static int send_all(pid_t task, const int *signals, int count)
{
	for (int i = 0; i < count; i++)
		if (syscall(SYS_tkill, task, signals[i]))
			return -errno;
	return 0;
}

/*
 * Several signals are all sent before the task wakes up for the first: it is kept on this process's CPU meanwhile, and under a policy
 * by which it does not preempt this process. With privilege not even the end of a time slice does.
 */
void tracer_signal(pid_t task, const int *signals, int count, char *reply)
{
	const struct sched_param none = { 0 }, lowest = { 1 };
	cpu_set_t own, its, here;
	int result;

	if (count < 2 || sched_getaffinity(0, sizeof(own), &own) || sched_getaffinity(task, sizeof(its), &its)) {
		sprintf(reply, "%d", send_all(task, signals, count));
		return;
	}
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_setaffinity(0, sizeof(here), &here);
	sched_setaffinity(task, sizeof(here), &here);
	sched_setscheduler(task, SCHED_IDLE, &none);
	sched_setscheduler(0, SCHED_FIFO, &lowest);
	result = send_all(task, signals, count);
	sched_setscheduler(0, SCHED_OTHER, &none);
	/* Without privilege it stays under the other policy, which but makes it slower. */
	sched_setscheduler(task, SCHED_OTHER, &none);
	sched_setaffinity(task, sizeof(its), &its);
	sched_setaffinity(0, sizeof(own), &own);
	sprintf(reply, "%d", result);
}

/* State letter of a task (proc(5)), 0 when it is gone. */
static char state_of(pid_t pid)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	char *end = strrchr(text, ')');

	return end ? end[2] : 0;
}

/* "1" once the task sleeps in the kernel, "0" when it is stopped, gone, or runs on. */
void tracer_asleep(pid_t pid, long milliseconds, char *reply)
{
	long long end = now() + milliseconds * 1000ll;
	int asleep = 0;

	for (int looks = 0; !over(end, looks, milliseconds); looks++) {
		char state = state_of(pid);

		if (state != 'R' && state != 'S' && state != 'D')
			break;
		/* Twice in a row: a task that takes a page fault may sleep for a moment, too. */
		asleep = state == 'R' ? 0 : asleep + 1;
		if (asleep == 2) {
			strcpy(reply, "1");
			return;
		}
		usleep(100);
	}
	strcpy(reply, "0");
}
