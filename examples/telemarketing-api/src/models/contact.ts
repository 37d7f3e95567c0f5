import { InferSchemaType, model, Schema } from 'mongoose'

const schema = new Schema(
  {
    campaign: { type: Schema.Types.ObjectId, ref: 'Campaign', required: true },
    firstName: { type: String, required: true },
    lastName: String,
    /** E.164. */
    phoneNumber: { type: String, required: true, match: /^\+[1-9]\d{6,14}$/ },
    status: {
      type: String,
      enum: ['new', 'reached', 'not-reached', 'interested', 'declined'],
      required: true,
      default: 'new',
    },
    /** Asked not to be called again: the dialler skips them in every campaign. */
    doNotCall: { type: Boolean, required: true, default: false },
    lastCalledAt: Date,
  },
  { timestamps: true },
)

export type ContactFields = InferSchemaType<typeof schema>

/** A person to be called in a campaign. */
export const Contact = model('Contact', schema, 'contacts')
