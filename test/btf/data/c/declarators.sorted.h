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

typedef enum {
	RED = 0,
	GREEN = 4294967291,
	BLUE = 7,
} color_t;

typedef char * const names_t[4];

typedef int matrix_t[2][3];

typedef volatile const unsigned long * restrict cursor_t;

typedef struct {
	int x;
	int y;
} point_t;

typedef union {
	long l;
	point_t p;
} *choice_t;

struct later;

typedef struct later later_t;

typedef int (*compare_t)(const void *, const void *);

typedef compare_t (*pick_t)(int, ...);

typedef void plain_t(void);

typedef int (*table_t[3])(point_t, color_t);

typedef int (* (*nested_t)(int (*)(void)))[8];

struct ops {
	int (*open)(struct ops *, const char *, int);
	void (*close)(struct ops *);
	void (*noreturn)(int);
	int (*arrays)(int *, int(*)[5], int **);
	struct later * (*find)(later_t *, int);
	int (* (*chain)(char))(long);
	const struct ops * const *next;
	struct ops * restrict const last;
	volatile int * const regs[2][3];
	int (*handlers[2][4])(void);
	const char text[16];
	const int grid[2][2];
	int (*rows)[3];
	char *(*names)[2];
	int unused[0];
	pick_t pick;
	plain_t *plain;
	matrix_t matrix;
	cursor_t cursor;
	names_t list;
	choice_t choice;
	color_t color;
	table_t table;
	nested_t nested;
	compare_t compare;
	struct {
		int a;
		struct {
			int b;
			union {
				int c;
				struct {
					int d;
				} *e;
			};
		} f[2];
	} inner;
	void (*with_struct)(struct {
		int a;
	} *);
	enum {
		FIRST = 2147483648,
	} first;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
