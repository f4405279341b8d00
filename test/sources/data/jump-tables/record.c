/*
 * Stands between a loader and a kernel that has no maps of instructions yet (LD_PRELOAD): makes arrays of them, and
 * tells what the loader asked for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define INSN_ARRAY 34

static int fds[64], count;

static int number_of(int fd)
{
	for (int i = 0; i < count; i++)
		if (fds[i] == fd)
			return i + 1;
	return 0;
}

long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	FILE *out = fopen(getenv("RECORD"), "a");
	union bpf_attr *attr, array = {};
	long arg[6], result;
	unsigned int *value;
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(list, long);
	va_end(list);
	attr = (union bpf_attr *)arg[1];
	if (number == SYS_bpf && arg[0] == BPF_MAP_CREATE && attr->map_type == INSN_ARRAY && count < 64) {
		array.map_type = BPF_MAP_TYPE_ARRAY;
		array.key_size = attr->key_size;
		array.value_size = attr->value_size;
		array.max_entries = attr->max_entries;
		result = fds[count++] = real(number, arg[0], &array, sizeof(array), 0, 0, 0);
		fprintf(out, "create %d: %s key %u value %u max_entries %u flags %u\n", count, attr->map_name,
			attr->key_size, attr->value_size, attr->max_entries, attr->map_flags);
	} else {
		if (number == SYS_bpf && arg[0] == BPF_MAP_UPDATE_ELEM && number_of(attr->map_fd)) {
			value = (unsigned int *)attr->value;
			fprintf(out, "update %d: %u orig_off %u xlated_off %u jitted_off %u\n", number_of(attr->map_fd),
				*(unsigned int *)attr->key, value[0], value[1], value[2]);
		}
		if (number == SYS_bpf && arg[0] == BPF_MAP_FREEZE && number_of(attr->map_fd))
			fprintf(out, "freeze %d\n", number_of(attr->map_fd));
		result = real(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
	}
	fclose(out);
	return result;
}
