import { InferSchemaType, model, Schema } from 'mongoose'

const schema = new Schema(
  {
    name: { type: String, required: true, trim: true },
    goal: String,
    /** What the voice begins with; `{firstName}` is put in. */
    script: String,
    status: { type: String, enum: ['draft', 'active', 'paused', 'completed'], required: true, default: 'draft' },
    createdBy: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  },
  { timestamps: true },
)

export type CampaignFields = InferSchemaType<typeof schema>

/** A round of calls with one goal. */
export const Campaign = model('Campaign', schema, 'campaigns')
