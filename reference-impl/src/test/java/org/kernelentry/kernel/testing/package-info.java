/** A port whose user code is scripted in Java, so that kernel code can be tested without decoders. */
@NullMarked
package org.kernelentry.kernel.testing;

import org.jspecify.annotations.NullMarked;
