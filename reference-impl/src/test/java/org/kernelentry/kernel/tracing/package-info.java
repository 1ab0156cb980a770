@NullMarked
package org.kernelentry.kernel.tracing;

import org.jspecify.annotations.NullMarked;
