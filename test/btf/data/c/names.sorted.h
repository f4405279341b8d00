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

enum state {
	ON = 0,
	OFF = 1,
};

struct a;

typedef struct {
	struct a *a;
} anonymous_t;

struct b;

struct a {
	struct b *b;
};

struct c;

struct b {
	struct a a;
	struct c *c;
};

struct c {
	struct b b;
};

enum color {
	color = 0,
	RED = 1,
};

struct node;

struct list {
	struct list *next;
	struct node *head;
};

typedef struct list list;

union data {
	enum color color;
	list list;
};

struct inner {
	int x;
};

struct node {
	list *owner;
	struct node *next;
};

typedef struct node node;

struct outer {
	struct inner inner;
	struct inner *p;
	enum state state;
};

struct self;

typedef struct self self_t;

struct self {
	self_t *me;
	const self_t * const *all;
	void (*visit)(self_t *);
};

typedef __builtin_va_list va_list;


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
