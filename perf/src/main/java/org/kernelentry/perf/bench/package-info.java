/** The benchmarks from the command line, beside other systems that run the same program. */
@NullMarked
package org.kernelentry.perf.bench;

import org.jspecify.annotations.NullMarked;
