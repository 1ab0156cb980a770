@NullMarked
package org.kernelentry.kernel.audit;

import org.jspecify.annotations.NullMarked;
