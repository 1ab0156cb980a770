/** Real kernels in QEMU: images, where Debian's come from, the initramfs, the machine, and the line to the agent in it. */
@NullMarked
package org.kernelentry.runner.qemu;

import org.jspecify.annotations.NullMarked;
