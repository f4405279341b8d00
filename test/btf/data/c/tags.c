// Attributes that BTF keeps, and kernel functions.
#define user __attribute__((btf_type_tag("user")))
#define rcu __attribute__((btf_type_tag("rcu")))
#define tag(x) __attribute__((btf_decl_tag(x)))
struct task;
struct tagged {
  int user *a; const char user *b; char *user c; int user *rcu *d; struct task rcu *e; const struct task *const rcu f;
  int (user *g)(int); int user *h[2]; const void user *i;
} tagged;
typedef struct tagged user *tagged_t;
tagged_t t;
tag("bpf_kfunc") int zeta(struct task *p, tagged_t t) { return 0; }
tag("bpf_kfunc") tag("bpf_fastcall") void *alpha(int (*callback)(void *), void *context) { return context; }
tag("bpf_fastcall") int not_a_kfunc(int a) { return a; }
tag("other") int other(struct tagged *s tag("bpf_kfunc")) { return 0; }
tag("bpf_kfunc") void mid(void) { }
