/* Prints the slope of the logistic curve at the tutorial's matrix; with a file name, also writes a
   table of the curve's slope there, for gnuplot. */
#include "dlogistic.h"

#include <stdio.h>

enum { POINTS = 241 };

static int write_table(const char *path)
{
    static double x[POINTS], slope[POINTS];
    FILE *file;
    int i, status;
    for (i = 0; i < POINTS; i++)
        x[i] = -6 + 12.0 * i / (POINTS - 1);
    status = dlogistic(1, POINTS, x, slope, NULL, 0);
    if (status != 0) {
        fprintf(stderr, "%s\n", dlogistic_message(status));
        return 1;
    }
    file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    for (i = 0; i < POINTS; i++)
        fprintf(file, "%.17g %.17g\n", x[i], slope[i]);
    return fclose(file) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    const double x[2][2] = {{0, 1}, {-1, -2}};
    double slope[2][2];
    int status = dlogistic(2, 2, &x[0][0], &slope[0][0], NULL, 0);
    if (status != 0) {
        fprintf(stderr, "%s\n", dlogistic_message(status));
        return 1;
    }
    printf("[[%.8f, %.8f],\n [%.8f, %.8f]]\n", slope[0][0], slope[0][1], slope[1][0], slope[1][1]);
    return argc > 1 ? write_table(argv[1]) : 0;
}
