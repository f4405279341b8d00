#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

enum same {
	ÿþ1 = 1,
	ÿþ2 = 2,
};

enum same___2 {
	1 = 1,
	2 = 2,
};

enum same___3 {
	a1 = 1,
	a2 = 2,
};

enum same___4 {
	b1 = 1,
	b2 = 2,
};

enum same___5 {
	zz1 = 1,
	zz2 = 2,
};

enum same___6 {
	a_name_that_takes_more_than_all_of_the_64_bits1 = 1,
	a_name_that_takes_more_than_all_of_the_64_bits2 = 2,
};

typedef int same_t;

typedef int *same_t___2;

typedef const int same_t___3;

typedef int same_t___4[2];

typedef int same_t___5[3];

typedef struct {
	int ÿþ;
} *same;

typedef struct {
	int;
} *same___2;

typedef struct {
	int a;
} *same___3;

typedef struct {
	int b;
} *same___4;

typedef struct {
	int zz;
} *same___5;

typedef struct {
	int a_name_that_takes_more_than_all_of_the_64_bits;
} *same___6;

struct holder {
	enum {
		A = 0,
	} lost;
};

struct same___7 {
	long: 64;
	long: 64;
};

struct same___8 {
	long: 64;
	long: 64;
};

struct same___9 {
	int;
	long: 64;
};

struct same___10 {
	long;
	long: 64;
};

struct same___11 {
	int ÿþ;
	long: 64;
};

struct same___12 {
	int a;
	long: 64;
};

struct same___13 {
	int b;
	long: 64;
};

struct same___14 {
	int zz;
	long: 64;
};

struct same___15 {
	long ÿþ;
	long: 64;
};

struct same___16 {
	long a;
	long: 64;
};

struct same___17 {
	long b;
	long: 64;
};

struct same___18 {
	long zz;
	long: 64;
};

union same___19 {
	int;
	int *;
	const int;
	int[3];
	int[2];
};

union same___20 {
	int a_name_that_takes_more_than_all_of_the_64_bits;
	int *a_name_that_takes_more_than_all_of_the_64_bits;
	const int a_name_that_takes_more_than_all_of_the_64_bits;
	int a_name_that_takes_more_than_all_of_the_64_bits[3];
	int a_name_that_takes_more_than_all_of_the_64_bits[2];
};

union same___21 {
	int ÿþ;
	int *ÿþ;
	const int ÿþ;
	int ÿþ[3];
	int ÿþ[2];
};

union same___22 {
	int a;
	int *a;
	const int a;
	int a[3];
	int a[2];
};

union same___23 {
	int b;
	int *b;
	const int b;
	int b[3];
	int b[2];
};

union same___24 {
	int zz;
	int *zz;
	const int zz;
	int zz[3];
	int zz[2];
};

struct same___25 {
	int a_name_that_takes_more_than_all_of_the_64_bits;
	long: 64;
};

struct same___26 {
	long a_name_that_takes_more_than_all_of_the_64_bits;
	long: 64;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
