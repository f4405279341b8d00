// Names between types: pointers, arrays, functions, qualifiers.
typedef int (*compare_t)(const void *, const void *);
typedef void plain_t(void);
typedef int matrix_t[2][3];
typedef const volatile unsigned long *restrict cursor_t;
typedef compare_t (*pick_t)(int how, ...);
typedef char *const names_t[4];
typedef struct { int x, y; } point_t;
typedef union { long l; point_t p; } *choice_t;
typedef enum { RED, GREEN = -5, BLUE = 7 } color_t;
typedef int (*table_t[3])(point_t, color_t);
typedef int (*(*nested_t)(int (*)(void)))[8];
struct later;
typedef struct later later_t;
struct ops {
  int (*open)(struct ops *, const char *name, int flags);
  void (*close)(struct ops *);
  void (*noreturn)(int) __attribute__((noreturn));
  int (*arrays)(int a[4], int (*b)[5], int *c[6]);
  struct later *(*find)(later_t *, int);
  int (*(*chain)(char))(long);
  const struct ops *const *next;
  struct ops *const restrict last;
  volatile int *const regs[2][3];
  int (*handlers[2][4])(void);
  const char text[16];
  const int grid[2][2];
  int (*rows)[3];
  char *(*names)[2];
  int unused[0];
  pick_t pick; plain_t *plain; matrix_t matrix; cursor_t cursor; names_t list; choice_t choice; color_t color;
  table_t table; nested_t nested; compare_t compare;
  struct { int a; struct { int b; union { int c; struct { int d; } *e; }; } f[2]; } inner;
  void (*with_struct)(struct { int a; } *);
  enum { FIRST = 1u << 31 } first;
} ops;
int global_function(point_t *p, later_t **l, int n) { return ops.open ? p->x + n : !!l; }
