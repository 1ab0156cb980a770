/*
 * Audit records, by a netlink socket that gets what a daemon would get without being one (audit(7), linux v7.3
 * include/uapi/linux/audit.h): a kernel without daemon goes on as it does without this.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

/* Records that come from calls: of the call itself, and of a filter that killed or logged. */
#define CALL AUDIT_SYSCALL
#define FILTER AUDIT_SECCOMP

/* Longest record (MAX_AUDIT_MESSAGE_LENGTH in libaudit.h). */
#define LONGEST 8970

static int records = -1, control = -1;
static unsigned sequence;

static int open_netlink(unsigned groups)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	int size = 1 << 20;

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address))) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* Sends a request and waits for its acknowledgement; 0 or a negative error number. */
static int ask(int type, const void *data, size_t size)
{
	struct {
		struct nlmsghdr head;
		char data[NLMSG_ALIGN(sizeof(struct audit_rule_data))];
	} message = { .head = { .nlmsg_len = NLMSG_LENGTH(size), .nlmsg_type = type,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK, .nlmsg_seq = ++sequence } };
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[1024];
	} answer;

	memcpy(message.data, data, size);
	if (send(control, &message, message.head.nlmsg_len, 0) < 0)
		return -errno;
	for (;;) {
		ssize_t n = recv(control, &answer, sizeof(answer), 0);

		if (n < 0)
			return -errno;
		if (n >= (ssize_t)NLMSG_LENGTH(sizeof(answer.error)) && answer.head.nlmsg_type == NLMSG_ERROR &&
		    answer.head.nlmsg_seq == sequence)
			return answer.error.error;
	}
}

static int rule(int request, int list, int action)
{
	struct audit_rule_data data = { .flags = list, .action = action };

	memset(data.mask, 0xff, sizeof(data.mask));
	return ask(request, &data, sizeof(data));
}

/* Opens the sockets; what was recorded before is not told. */
int audit_open(void)
{
	char text[64 * 1024];

	if (records < 0)
		records = open_netlink(1u << (AUDIT_NLGRP_READLOG - 1));
	if (control < 0)
		control = open_netlink(0);
	if (records < 0 || control < 0)
		return -errno;
	/* Up to a record of our own, as what is on its way comes only after a while. */
	int result = audit_read(text, sizeof(text));

	return result < 0 ? result : 0;
}

/* Tasks that are made from now on can be recorded. */
int audit_on(void)
{
	struct audit_status status = { .mask = AUDIT_STATUS_ENABLED, .enabled = 1 };
	int result = ask(AUDIT_SET, &status, sizeof(status));

	/* It is there if audit was off again. */
	rule(AUDIT_DEL_RULE, AUDIT_FILTER_TASK, AUDIT_NEVER);
	return result;
}

/* Records every call of every task that can be recorded. */
int audit_all(void)
{
	return rule(AUDIT_ADD_RULE, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
}

/* Records nothing more. Once it was on, the kernel has work at each call of each new task unless a rule for tasks says no. */
int audit_off(void)
{
	struct audit_status status = { .mask = AUDIT_STATUS_ENABLED };
	int never = rule(AUDIT_ADD_RULE, AUDIT_FILTER_TASK, AUDIT_NEVER);

	rule(AUDIT_DEL_RULE, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	int result = ask(AUDIT_SET, &status, sizeof(status));

	return never && never != -EEXIST ? never : result;
}

/* Writes "TYPE TEXT\n" for each record of a call or a filter since the last time; returns the length or a negative error number. */
int audit_read(char *text, size_t size)
{
	static unsigned marks;
	char mark[64];
	struct {
		struct nlmsghdr head;
		char data[LONGEST + 1];
	} message;
	size_t length = 0;

	snprintf(mark, sizeof(mark), "kernel-entry-agent %u.", ++marks);
	/* The one kind of message that is recorded also while audit is off. */
	int result = ask(AUDIT_USER_AVC, mark, strlen(mark) + 1);

	while (!result) {
		struct pollfd ready = { .fd = records, .events = POLLIN };

		/* In short pieces: what passes here while the machine below does something else is not the kernel's. */
		int looks = 0;

		while (poll(&ready, 1, 10) <= 0)
			if (++looks == 1000)
				return -ETIME;
		ssize_t n = recv(records, &message, sizeof(message) - 1, 0);

		if (n < 0)
			return -errno;
		if (n < (ssize_t)NLMSG_HDRLEN)
			continue;
		((char *)&message)[n] = 0;
		if (message.head.nlmsg_type == AUDIT_USER_AVC && strstr(message.data, mark))
			break;
		if (message.head.nlmsg_type == CALL || message.head.nlmsg_type == FILTER) {
			int more = snprintf(text + length, size - length, "%d %s\n", message.head.nlmsg_type,
					    message.data);

			if (more >= (int)(size - length))
				return -ENOSPC;
			length += more;
		}
	}
	return result ? result : (int)length;
}
