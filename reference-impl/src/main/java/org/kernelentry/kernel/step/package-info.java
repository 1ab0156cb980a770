/** Named steps of the entry and exit paths and who watches them. */
@NullMarked
package org.kernelentry.kernel.step;

import org.jspecify.annotations.NullMarked;
