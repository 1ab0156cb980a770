/** Program files: what the kernel's {@code binfmt} code makes of them. */
@NullMarked
package org.kernelentry.kernel.exec;

import org.jspecify.annotations.NullMarked;
