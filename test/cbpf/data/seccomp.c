/*
 * Writes seccomp filters that libseccomp makes, each as an array of struct sock_filter, into the current folder;
 * record.sh runs it.
 */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "%s: %d\n", what, result);
	exit(1);
}

#define RULE(ctx, ...) check(seccomp_rule_add(ctx, __VA_ARGS__), #__VA_ARGS__)

static scmp_filter_ctx filter(uint32_t action, uint32_t arch)
{
	scmp_filter_ctx ctx = seccomp_init(action);

	if (!ctx)
		exit(1);
	if (arch != seccomp_arch_native()) {
		check(seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE), "remove");
		check(seccomp_arch_add(ctx, arch), "add");
	}
	return ctx;
}

static void save(scmp_filter_ctx ctx, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	check(fd, path);
	check(seccomp_export_bpf(ctx, fd), path);
	close(fd);
	seccomp_release(ctx);
}

/* A few calls, the rest kills. */
static void allow_list(void)
{
	scmp_filter_ctx ctx = filter(SCMP_ACT_KILL_PROCESS, SCMP_ARCH_X86_64);

	RULE(ctx, SCMP_ACT_ALLOW, SCMP_SYS(read), 0);
	RULE(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 0);
	RULE(ctx, SCMP_ACT_ALLOW, SCMP_SYS(exit_group), 0);
	save(ctx, "allow-list.bpf");
}

/* All comparisons of 64-bit arguments. */
static void arguments(uint32_t arch, const char *path)
{
	scmp_filter_ctx ctx = filter(SCMP_ACT_ALLOW, arch);

	RULE(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 2));
	RULE(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(read), 1, SCMP_A2(SCMP_CMP_GT, 0x100000000ull));
	RULE(ctx, SCMP_ACT_TRAP, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 4));
	RULE(ctx, SCMP_ACT_LOG, SCMP_SYS(lseek), 1, SCMP_A1(SCMP_CMP_LE, 0x7fffffff));
	RULE(ctx, SCMP_ACT_TRACE(42), SCMP_SYS(close), 1, SCMP_A0(SCMP_CMP_NE, 0));
	RULE(ctx, SCMP_ACT_KILL_THREAD, SCMP_SYS(dup2), 2, SCMP_A0(SCMP_CMP_GE, 3), SCMP_A1(SCMP_CMP_LT, 3));
	save(ctx, path);
}

/* Hundreds of calls in a binary tree. */
static void tree(void)
{
	scmp_filter_ctx ctx = filter(SCMP_ACT_ERRNO(ENOSYS), SCMP_ARCH_X86_64);

	check(seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimize");
	for (int call = 0; call < 300; call++)
		RULE(ctx, SCMP_ACT_ALLOW, call, 0);
	save(ctx, "tree.bpf");
}

/* So many calls in a row that jumps of 8 bits are too short. */
static void long_jumps(void)
{
	scmp_filter_ctx ctx = filter(SCMP_ACT_ALLOW, SCMP_ARCH_X86_64);

	for (int call = 0; call < 280; call++)
		RULE(ctx, call % 2 ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(1), call, 1, SCMP_A0(SCMP_CMP_EQ, 7));
	save(ctx, "long-jumps.bpf");
}

/* Several architectures in one. */
static void architectures(void)
{
	scmp_filter_ctx ctx = filter(SCMP_ACT_ALLOW, SCMP_ARCH_X86_64);

	check(seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL), "bad arch");
	check(seccomp_arch_add(ctx, SCMP_ARCH_X86), "x86");
	check(seccomp_arch_add(ctx, SCMP_ARCH_X32), "x32");
	check(seccomp_arch_add(ctx, SCMP_ARCH_AARCH64), "aarch64");
	RULE(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ptrace), 0);
	RULE(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK));
	save(ctx, "architectures.bpf");
}

int main(void)
{
	allow_list();
	arguments(SCMP_ARCH_X86_64, "arguments.bpf");
	/* libseccomp writes in the byte order of the architecture. */
	arguments(SCMP_ARCH_S390X, "arguments-s390x.be.bpf");
	tree();
	long_jumps();
	architectures();
	return 0;
}
