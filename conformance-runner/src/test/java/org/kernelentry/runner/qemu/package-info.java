/** QEMU's part, held without QEMU: scripts play it. */
@NullMarked
package org.kernelentry.runner.qemu;

import org.jspecify.annotations.NullMarked;
