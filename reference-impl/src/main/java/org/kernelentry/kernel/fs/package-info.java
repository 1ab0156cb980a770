/** Open files: descriptors, pipes, and the console that captures what guests print. */
@NullMarked
package org.kernelentry.kernel.fs;

import org.jspecify.annotations.NullMarked;
