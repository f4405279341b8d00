typedef unsigned int u32;
typedef unsigned long long u64;
struct list { struct list *next, *prev; };
struct device;
struct lock { u32 value; };
struct file { struct list list; struct lock lock; u64 flags : 3, pos : 61; struct device *device; };
struct file *use_file(struct file *file, const char *name, u32 n);
struct file *(*in_base)(struct file *, const char *, u32) = use_file;
