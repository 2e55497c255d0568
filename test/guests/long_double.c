/* long double as text and back. The values are such that it does not matter how many bits a long double has. */
#include "say.h"

#include <math.h>
#include <stdarg.h>
#include <wchar.h>

static void formatted(const char *format, ...) {
  char text[128];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  printf("%s: [%s] %d\n", format, text, length);
}

int main(void) {
  static const char *const texts[] = {"1.5", "-2.25e3", "0x1.8p3", "  17 apples", "1e400", "-inf", "nan", "abc", "1e-320", ""};
  long double three = 3;
  printf("%Lg %Lf %Le %LG %LF %LE\n", 1.5L, 1.5L, 1.5L, 1e20L, 0.25L, 1e-5L);
  printf("%8.2Lf|%-8.2Lf|%+08.2Lf|% Lg|%#Lg|%'Lf\n", 1.25L, 1.25L, 1.25L, 1.5L, 2.0L, 1234567.0L);
  printf("%2$.*1$Lf %3$d\n", 3, 1.0625L, 7);
  printf("%.0Lf %.0Lf %.0Lf %.15Lg %.30Lf\n", 0.5L, 1.5L, 2.5L, 1 / three, 0.125L);
  printf("%Lf %LF %Lg %Lg\n", (long double)INFINITY, -(long double)INFINITY, -0.0L, 1e4000L);
  formatted("%*.*Lf", 12, 4, 2.0L / 4);
  formatted("%s %Lg %d %Lg", "text", 1.5L, -3, 1e10L);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char *end;
    errno = 0;
    long double value = strtold(texts[i], &end);
    printf("strtold [%s]: %.10Lg, %d characters\n", texts[i], value, (int)(end - texts[i]));
    value = -1;
    int count = sscanf(texts[i], "%Lf", &value);
    printf("sscanf: %d %.10Lg\n", count, value);
  }
  long double one, two;
  printf("sscanf %d", sscanf("12.5:7e2;rest", "%5Lf:%Lg", &one, &two));
  printf(" %Lg %Lg\n", one, two);
  wchar_t wide[64];
  swprintf(wide, 64, L"%.2Lf", 2.5L);
  printf("%ls %.3Lf\n", wide, wcstold(L"2.125 and more", NULL));
  printf("%.12Lg %.12Lg\n", three / 7, three * three * 1e15L + 1);
  return 0;
}
