/* The loop: one request, one reply, until the input ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"

static char reply[FRAME_MAX];
static unsigned char bytes[FRAME_MAX / 4];

/* The C library's own registration would be inherited by guests. */
static void forget_rseq(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	for (unsigned size = 32; size <= 64; size += 4)
		if (!syscall(SYS_rseq, area, size, RSEQ_FLAG_UNREGISTER, RSEQ_SIG))
			return;
}

static unsigned long long number(void)
{
	char *word = strtok(NULL, " ");

	return word ? strtoull(word, NULL, 0) : 0;
}

static const char *word(void)
{
	char *text = strtok(NULL, " ");

	return text ? text : "";
}

static void result(long value)
{
	sprintf(reply, "%ld", value < 0 ? -(long)errno : value);
}

static void handle(char *request)
{
	const char *op = strtok(request, " ");

	if (!op)
		op = "";
	if (!strcmp(op, "hello")) {
		struct utsname name;

		uname(&name);
		sprintf(reply, "%s %s %d %ld", name.machine, name.release, (int)geteuid(), sysconf(_SC_NPROCESSORS_ONLN));
	} else if (!strcmp(op, "spawn")) {
		const char *code = word();

		sprintf(reply, "%d", guest_spawn(code, word()));
	} else if (!strcmp(op, "prepare")) {
		sprintf(reply, "%ld", guest_prepare(number()));
	} else if (!strcmp(op, "go")) {
		guest_go();
		strcpy(reply, "0");
	} else if (!strcmp(op, "end")) {
		sprintf(reply, "%d", guest_end());
	} else if (!strcmp(op, "wait")) {
		int options = number();

		tracer_wait(options, number(), reply);
	} else if (!strcmp(op, "ptrace")) {
		long request_number = number();
		pid_t pid = number();
		unsigned long address = number();

		tracer_ptrace(request_number, pid, address, number(), reply);
	} else if (!strcmp(op, "getregs")) {
		pid_t pid = number();

		tracer_get_regset(pid, number(), reply);
	} else if (!strcmp(op, "setregs")) {
		pid_t pid = number();
		long type = number();

		tracer_set_regset(pid, type, word(), reply);
	} else if (!strcmp(op, "siginfo")) {
		tracer_siginfo(number(), reply);
	} else if (!strcmp(op, "message")) {
		tracer_message(number(), reply);
	} else if (!strcmp(op, "peek")) {
		pid_t pid = number();
		unsigned long long address = number();

		tracer_peek(pid, address, number(), reply);
	} else if (!strcmp(op, "poke")) {
		pid_t pid = number();
		unsigned long long address = number();

		tracer_poke(pid, address, word(), reply);
	} else if (!strcmp(op, "asleep")) {
		pid_t pid = number();

		tracer_asleep(pid, number(), reply);
	} else if (!strcmp(op, "kill")) {
		pid_t pid = number();

		result(kill(pid, number()));
	} else if (!strcmp(op, "tkill")) {
		pid_t task = number();

		result(syscall(SYS_tkill, task, (int)number()));
	} else if (!strcmp(op, "notes")) {
		hex_encode(guest_notes(), 0x4000, reply);
	} else if (!strcmp(op, "output")) {
		size_t count = guest_output(bytes, sizeof(bytes));

		hex_encode(bytes, count, reply + sprintf(reply, "0 "));
	} else {
		sprintf(reply, "%d", -ENOSYS);
	}
}

int main(void)
{
	unsigned seq;
	char *text;

	forget_rseq();
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (frame_read(&seq, &text)) {
		handle(text);
		frame_write(seq, reply);
	}
	guest_end();
	return 0;
}
