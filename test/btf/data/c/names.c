// Names that C keeps apart, and names that BTF has twice.
enum color { color, RED };
struct list { struct list *next; struct node *head; };
typedef struct list list;
typedef struct node { list *owner; struct node *next; } node;
union data { enum color color; list list; };
struct outer { struct inner { int x; } inner; struct inner *p; enum state { ON, OFF } state; };
typedef struct self self_t;
struct self { self_t *me; const self_t *const *all; void (*visit)(self_t *); };
struct b;
struct a { struct b *b; };
struct b { struct a a; struct c *c; };
struct c { struct b b; };
typedef struct { struct a *a; } anonymous_t;
typedef __builtin_va_list va_list;
int take(va_list *v, struct a *a, anonymous_t *t, union data *d, struct outer *o) { return d->color + o->state; }
int more(struct self *s, struct c *c, node *n) { return 0; }
