/** The kernel model: entry and exit code and what stands behind it. */
@NullMarked
package org.kernelentry.kernel;

import org.jspecify.annotations.NullMarked;
