@NullMarked
package org.kernelentry.kernel.rseq;

import org.jspecify.annotations.NullMarked;
