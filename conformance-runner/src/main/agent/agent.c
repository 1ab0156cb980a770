/* The loop: one request, one reply, until the input ends. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
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

/* "0 HEX": a part of a file, empty at its end. */
static void read_file(const char *path, long long offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? -1 : pread64(fd, bytes, FILE_PART, offset);

	if (count < 0)
		sprintf(reply, "%ld", -(long)errno);
	else
		hex_encode(bytes, count, reply + sprintf(reply, "0 "));
	if (fd >= 0)
		close(fd);
}

/*
 * Where the vDSO's fast system call of i386 begins: PUSH of three registers, MOV EBP,ESP, SYSENTER, INT 0x80. In 7.2 the symbol lies before that, at
 * the INT 0x80 for processors without SYSENTER. 0 where there is none.
 */
static uintptr_t fast_call(void)
{
	static const unsigned char begin[] = { 0x51, 0x52, 0x55, 0x89, 0xe5, 0x0f, 0x34, 0xcd, 0x80 };
	const char *symbol = (const char *)getauxval(AT_SYSINFO);
	const char *found = symbol ? memmem(symbol, 64, begin, sizeof(begin)) : NULL;

	return (uintptr_t)(found ? found : symbol);
}

/* A line in the kernel's log, so that what it prints before and after can be told apart. */
static void mark(const char *text)
{
	char line[256];
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	/* Without the end of the line the kernel would wait for more before it prints it. */
	snprintf(line, sizeof(line), "<5>kernel-entry-agent: %.200s\n", text);
	result(fd < 0 || write(fd, line, strlen(line)) < 0 ? -1 : 0);
	if (fd >= 0)
		close(fd);
}

/* "0 HEX" for the records, "0" or an error number for what switches. */
static void audit(const char *what)
{
	int done = !strcmp(what, "open") ? audit_open() :
		   !strcmp(what, "on") ? audit_on() :
		   !strcmp(what, "all") ? audit_all() :
		   !strcmp(what, "off") ? audit_off() :
					  audit_read((char *)bytes, sizeof(bytes));

	if (done > 0)
		hex_encode(bytes, done, reply + sprintf(reply, "0 "));
	else
		sprintf(reply, "%d", done);
}

/* Another program takes over, for guests of another ABI. It answers the request that asked for it. */
static void become(const char *path, unsigned seq)
{
	char number_text[16];

	guest_end();
	snprintf(number_text, sizeof(number_text), "%u", seq);
	execl(path, path, number_text, NULL);
	sprintf(reply, "%ld", -(long)errno);
}

static void handle(char *request, unsigned seq)
{
	const char *op = strtok(request, " ");

	if (!op)
		op = "";
	if (!strcmp(op, "hello")) {
		struct utsname name;

		uname(&name);
		sprintf(reply, "%s %s %d %ld %lu", name.machine, name.release, (int)geteuid(),
			sysconf(_SC_NPROCESSORS_ONLN), getauxval(AT_HWCAP2));
	} else if (!strcmp(op, "spawn")) {
		const char *code = word();
		const char *data = word();

		sprintf(reply, "%d", guest_spawn(code, data, number()));
	} else if (!strcmp(op, "prepare")) {
		sprintf(reply, "%ld", guest_prepare(number()));
	} else if (!strcmp(op, "event")) {
		pid_t pid = number();

		sprintf(reply, "%d", trace_on(pid, word()));
	} else if (!strcmp(op, "noevents")) {
		sprintf(reply, "%d", trace_off());
	} else if (!strcmp(op, "audit")) {
		audit(word());
	} else if (!strcmp(op, "executable")) {
		const char *path = word(), *code = word(), *data = word();

		sprintf(reply, "%d", executable_write(path, code, data, number()));
	} else if (!strcmp(op, "vsyscall")) {
		/* Guests are forked off and have the vDSO where this program has it. */
		sprintf(reply, "%lu", (unsigned long)fast_call());
	} else if (!strcmp(op, "become")) {
		become(word(), seq);
	} else if (!strcmp(op, "file")) {
		const char *path = word();

		read_file(path, number());
	} else if (!strcmp(op, "mark")) {
		mark(word());
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
	} else if (!strcmp(op, "sysnr")) {
		tracer_syscall_number(number(), reply);
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
		int signals[8], count = 0;

		for (int next; count < 8 && (next = number()) != 0;)
			signals[count++] = next;
		tracer_signal(task, signals, count, reply);
	} else if (!strcmp(op, "notes")) {
		hex_encode(guest_notes(), guest_notes_size(), reply + sprintf(reply, "0 "));
	} else if (!strcmp(op, "output")) {
		size_t count = guest_output(bytes, sizeof(bytes));

		hex_encode(bytes, count, reply + sprintf(reply, "0 "));
	} else {
		sprintf(reply, "%d", -ENOSYS);
	}
}

int main(int argc, char **argv)
{
	unsigned seq;
	char *text;

	forget_rseq();
	executable_run();
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (argc > 1)
		frame_write(strtoul(argv[1], NULL, 10), "0");
	while (frame_read(&seq, &text)) {
		handle(text, seq);
		frame_write(seq, reply);
	}
	guest_end();
	return 0;
}
