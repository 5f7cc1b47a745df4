/* What NumPy takes long for in a browser, where it has no BLAS and no vector
   instructions. robustkit/arithmetic.py calls it. It asks for no library, so that it
   loads anywhere. */

#define EXPORT __attribute__((visibility("default")))
typedef float floats __attribute__((vector_size(16), aligned(4)));
typedef double doubles __attribute__((vector_size(16), aligned(8)));

/* out [n, m] = a [n, k] · b [k, m], all row by row: four vectors wide and two rows high
   at a time, so that what is summed stays in registers and a strip of `b` in the cache.
   Summed in NumPy's order. */
#define PRODUCT(name, real, reals)                                                    \
    static inline void name##_block(const real *a, const real *b, real *out, int k,   \
                                    int m, int high, int wide) {                      \
        reals sum[2][4] = {{{0}}};                                                    \
        for (int l = 0; l < k; l++) {                                                 \
            const reals *row = (const reals *)(b + l * m);                            \
            for (int i = 0; i < high; i++)                                            \
                for (int j = 0; j < wide; j++) sum[i][j] += a[i * k + l] * row[j];    \
        }                                                                             \
        for (int i = 0; i < high; i++)                                                \
            for (int j = 0; j < wide; j++) ((reals *)(out + i * m))[j] = sum[i][j];   \
    }                                                                                 \
    static inline int name##_strips(const real *a, const real *b, real *out, int n,   \
                                    int k, int m, int j, int wide) {                  \
        const int step = wide * sizeof(reals) / sizeof(real);                         \
        for (; j + step <= m; j += step) {                                            \
            int i = 0;                                                                \
            for (; i + 2 <= n; i += 2)                                                \
                name##_block(a + i * k, b + j, out + i * m + j, k, m, 2, wide);       \
            if (i < n) name##_block(a + i * k, b + j, out + i * m + j, k, m, 1, wide); \
        }                                                                             \
        return j;                                                                     \
    }                                                                                 \
    EXPORT void name(const real *a, const real *b, real *out, int n, int k, int m) {  \
        int j = name##_strips(a, b, out, n, k, m, 0, 4);                              \
        j = name##_strips(a, b, out, n, k, m, j, 1);                                  \
        for (; j < m; j++)                                                            \
            for (int i = 0; i < n; i++) {                                             \
                real sum = 0;                                                         \
                for (int l = 0; l < k; l++) sum += a[i * k + l] * b[l * m + j];       \
                out[i * m + j] = sum;                                                 \
            }                                                                         \
    }

PRODUCT(product_f, float, floats)
PRODUCT(product_d, double, doubles)

/* out [n] = tanh x, to 2e-7: Lambert's continued fraction (1768), cut after seven, for
   half of x, and then tanh 2y = 2 tanh y / (1 + tanh² y). Beyond 9.5 it is 1. */
EXPORT void tanh_f(const float *x, float *out, int n) {
    for (int i = 0; i < n; i++) {
        float y = x[i] < -9.5f ? -4.75f : x[i] > 9.5f ? 4.75f : x[i] / 2;
        float s = y * y;
        float up = y * (135135 + s * (17325 + s * (378 + s)));
        float t = up / (135135 + s * (62370 + s * (3150 + s * 28)));
        out[i] = 2 * t / (1 + t * t);
    }
}

/* out [n] = exp x, to 2e-7 of it: x = k log 2 + r, and the series of exp r, which is
   short. log 2 is in two parts (Cody and Waite 1980), the first exact in few bits. What
   would be below the normal numbers is 0. */
EXPORT void exp_f(const float *x, float *out, int n) {
    const float round = 12582912; /* 1.5 · 2²³: what is added to it loses its fraction */
    for (int i = 0; i < n; i++) {
        float y = x[i] > -87.3f ? (x[i] < 88.72f ? x[i] : 88.72f) : -87.3f;
        float k = (y * 1.44269504f + round) - round;
        float r = (y - k * 0.693359375f) + k * 2.12194440e-4f;
        float s = 1 + r / 7;
        s = 1 + r / 6 * s;
        s = 1 + r / 5 * s;
        s = 1 + r / 4 * s;
        s = 1 + r / 3 * s;
        s = 1 + r / 2 * s;
        s = 1 + r * s;
        union { int bits; float number; } half = {((int)(k / 2) + 127) << 23};
        union { int bits; float number; } rest = {((int)k - (int)(k / 2) + 127) << 23};
        s *= half.number * rest.number;
        s = x[i] < -87.3f ? 0 : x[i] > 88.72f ? __builtin_inff() : s;
        out[i] = x[i] == x[i] ? s : x[i];
    }
}
