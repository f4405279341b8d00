typedef unsigned int u32;
typedef unsigned long long u64;
struct list { struct list *next, *prev; };
struct device { struct list all; const char *name; };
struct lock { u32 value; };
enum mode { IDLE, BUSY = -2 };
struct card;
struct driver { int (*probe)(struct card *, struct file *); struct driver *next; enum mode mode; };
struct local { struct lock lock; u32 __attribute__((btf_type_tag("user"))) *user; } __attribute__((btf_decl_tag("mine")));
int remove(struct card *card, struct driver *driver) { return driver->probe(card, 0); }
struct driver *drivers; struct local local; static volatile const int once = 1;
int read_once(void) { return once; }
